"""Suggestions: for an organisation, a brief, a group or a text; and why somebody is not among them."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.routing import GuardedRoute
from api.asking import anybody_asking, brief_asking, check_seen, engine_of, organisations_asking, ready_of
from api.bodies.asking import Asked, Id, Ways, WhyNotAsked
from api.bodies.examples import worked
from api.engine import Ready
from api.problems import documented, reader_of
from matcher.matching import Suggestions, WhyNot
from matcher.query import Query as MatcherQuery

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["suggestions"])
_PROBLEMS = documented(
    "invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests", "too-new", "not-ready"
)


@router.get(
    "/organisations/{id}/suggestions",
    response_model=Suggestions,
    responses=worked("suggestions") | _PROBLEMS,
    summary="Suggest partners for an organisation",
)
def for_organisation(request: Request, asking: Asking, id: Id, ways: Annotated[Ways, Query()]) -> Response:
    """Return ranked organisations, each with the sum that its score is, evidence and reasons in sentences."""
    ready = ready_of(request)
    return _answer(request, ready, organisations_asking(request, ready, [id], ways, asking), ways)


@router.get(
    "/briefs/{id}/suggestions",
    response_model=Suggestions,
    responses=worked("suggestions") | _PROBLEMS,
    summary="Suggest who could answer a brief",
)
def for_brief(request: Request, asking: Asking, id: Id, ways: Annotated[Ways, Query()]) -> Response:
    """Return ranked organisations, each with the sum that its score is, evidence and reasons in sentences."""
    ready = ready_of(request)
    return _answer(request, ready, brief_asking(request, ready, id, ways, asking), ways)


@router.post(
    "/suggestions",
    response_model=Suggestions,
    responses=worked("suggestions") | _PROBLEMS,
    summary="Suggest partners for a text that is not stored, or for a group",
)
def for_anybody(request: Request, asking: Asking, asked: Asked) -> Response:
    """Return ranked organisations for a text, or for organisations that look for one more beside them."""
    ready = ready_of(request)
    return _answer(request, ready, anybody_asking(request, ready, asked, asking), asked)


@router.post(
    "/why-not",
    response_model=WhyNot,
    responses=worked("why-not") | _PROBLEMS,
    summary="Say why an organisation is not suggested",
)
def why_not(request: Request, asking: Asking, asked: WhyNotAsked) -> Response:
    """Return the rule that keeps an organisation out, or its rank and the two signals that cost it most."""
    ready = ready_of(request)
    if asked.brief:
        query = brief_asking(request, ready, asked.brief, asked, asking)
    else:
        query = anybody_asking(request, ready, asked, asking)
    check_seen(request, ready, asked.missing, asking)
    return _json(request, ready, told_why_not(request, ready, query, asked.missing, asked).as_dict())


def suggested(request: Request, ready: Ready, query: MatcherQuery, ways: Ways) -> Suggestions:
    """Return who is suggested; no more answers are computed at once than there are processors."""
    engine = engine_of(request)
    with engine.computing:
        return ready.matcher(engine.today(), reader_of(request)).suggest(query, ways.limit, ways.settings())


def told_why_not(request: Request, ready: Ready, query: MatcherQuery, missing: str, ways: Ways) -> WhyNot:
    """Return why an organisation, which may be seen, is not suggested."""
    engine = engine_of(request)
    with engine.computing:
        return ready.matcher(engine.today(), reader_of(request)).why_not(query, missing, ways.limit, ways.settings())


def _answer(request: Request, ready: Ready, query: MatcherQuery, ways: Ways) -> Response:
    return _json(request, ready, suggested(request, ready, query, ways).as_dict())


def _json(request: Request, ready: Ready, document: dict[str, Any]) -> Response:
    """Return a document as it is: it was made by the engine, and a second validation would take longer than it."""
    headers = {
        "Content-Language": reader_of(request),
        "X-Snapshot": ready.snapshot.name,
        "X-Model": ready.model.name,
        "Vary": "Accept-Language, Authorization, Cookie",
    }
    return Response(json.dumps(document, ensure_ascii=False), 200, headers, "application/json")
