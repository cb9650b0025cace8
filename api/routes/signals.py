"""Signals: what a score is the sum of, in plain words, and how much each counts in the present model."""

from hashlib import blake2b

import numpy as np
from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.access.routing import GuardedRoute
from api.asking import ready_of
from api.bodies.examples import worked
from api.bodies.signals import QUESTIONS, Importance, Signals, ToldSignal
from api.problems import documented, reader_of
from api.versions import etag_of, not_modified
from matcher.ranking import Model
from matcher.ranking.importance import shares, spread
from matcher.ranking.model_files import ModelFile
from matcher.signals import SIGNALS
from matcher.vocabularies import label, load

router = APIRouter(route_class=GuardedRoute, prefix="/v1/signals", tags=["model"])
_VARY = "Accept-Language, Authorization, Cookie"
_DIGITS = 6


@router.get(
    "",
    response_model=Signals,
    responses=worked("signals")
    | documented("unauthorised", "too-many-requests", "not-ready")
    | {304: {"description": "You have it already."}},
    summary="Say what a score is made of",
)
def list_signals(request: Request, asking: Asking) -> Response:
    """Return every signal with what it measures and how much it counts in the model that ranks now."""
    language = reader_of(request)
    body = _told(ready_of(request).model, language).model_dump_json()
    etag = etag_of(blake2b(body.encode(), digest_size=8).digest())
    headers = {"ETag": etag, "Content-Language": language, "Vary": _VARY}
    return not_modified(request, etag, vary=_VARY) or Response(body, headers=headers, media_type="application/json")


def _told(model: ModelFile, language: str) -> Signals:
    heads = {question: model.head(question) for question in QUESTIONS if question in model.heads}
    found = {question: _importances(head) for question, head in heads.items()}
    items = [
        ToldSignal(
            name=signal.name,
            label=label("signals", signal.name, language),
            text=load("transparency")["signals"][signal.name][language],
            importance={question: importances[place] for question, importances in found.items()},
        )
        for place, signal in enumerate(SIGNALS)
    ]
    items.sort(key=lambda one: -one.importance["organisation"].share)
    return Signals(model=model.name, scale={question: head.scale for question, head in heads.items()}, items=items)


def _importances(model: Model) -> list[Importance]:
    ends = model.contributions(np.array([[0.0] * len(SIGNALS), [1.0] * len(SIGNALS)]))
    return [
        Importance(spread=round(float(one), _DIGITS), share=round(float(share), _DIGITS), lowers=bool(last < first))
        for one, share, first, last in zip(spread(model), shares(model), *ends, strict=True)
    ]
