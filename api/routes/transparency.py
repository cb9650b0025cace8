"""Transparency: what decides the order of suggestions, in plain words, to read or to publish."""

import json
from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.routing import GuardedRoute
from api.asking import engine_of, ready_of
from api.bodies.examples import worked
from api.bodies.transparency import SheetAsked, ToldSheet
from api.problems import documented, reader_of
from api.versions import etag_of, not_modified
from matcher.transparency import as_html, as_markdown, sheet_of

router = APIRouter(route_class=GuardedRoute, prefix="/v1/transparency", tags=["model"])
_VARY = "Accept-Language, Authorization, Cookie"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of the page: its style stands in it, and nothing is loaded."""
_TEXTS = {
    "text/html": {"schema": {"type": "string"}},
    "text/markdown": {"schema": {"type": "string"}},
}


def _responses() -> dict[int | str, dict[str, object]]:
    found = worked("transparency")
    found[200]["content"] |= _TEXTS
    problems = documented("invalid-request", "unauthorised", "too-many-requests", "not-ready")
    return found | problems | {304: {"description": "You have it already."}}


@router.get("", response_model=ToldSheet, responses=_responses(), summary="Say what decides the order of suggestions")
def transparency(request: Request, asking: Asking, asked: Annotated[SheetAsked, Query()]) -> Response:
    """Return the main parameters of the ranking and their weight, in plain words, as on this day.

    Written from the running configuration, for Article 5 of Regulation (EU) 2019/1150 and Article 27 of (EU)
    2022/2065.
    """
    engine, language = engine_of(request), asked.lang or reader_of(request)
    sheet = sheet_of(ready_of(request).model, engine.encoder.name, engine.today(), language)
    headers = {"Content-Language": language, "Vary": _VARY}
    if asked.format == "html":
        body, kind = as_html(sheet), "text/html"
        headers["Content-Security-Policy"] = POLICY
    elif asked.format == "markdown":
        body, kind = as_markdown(sheet), "text/markdown"
    else:
        body, kind = json.dumps(sheet.as_dict(), ensure_ascii=False), "application/json"
    headers["ETag"] = etag_of(blake2b(body.encode(), digest_size=8).digest())
    return not_modified(request, headers["ETag"], vary=_VARY) or Response(body, headers=headers, media_type=kind)
