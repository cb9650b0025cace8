"""History: what was decided about an organisation, which imports changed it, and what was done with it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import ADMINISTRATOR, Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.decisions import DecisionsAsked
from api.bodies.paging import Cursor
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.decisions import page_of_decisions
from api.routes.organisations import seen_organisation
from api.state import AuditEntry
from api.state.audit import AuditFilter
from matcher.store.connecting import reading
from matcher.store.noting import imports_of
from matcher.store.rows import ORGANISATIONS

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_MOST = 50


@dataclass(frozen=True)
class Done:
    """Something that was done with an organisation."""

    at: datetime
    action: str
    fields: tuple[str, ...]
    """Which of its fields were changed."""
    by: str
    """Who did it, for administrators; "" where it is not told."""


@dataclass(frozen=True)
class Brought:
    """An import that changed an organisation."""

    number: int
    at: datetime
    source: str
    added: bool
    """Whether it brought the organisation; else it changed it."""


@router.get("/organisations/{id}/history")
def history(request: Request, asking: Asking, id: Id, cursor: Annotated[Cursor | None, Query()] = None) -> Response:
    """Show the history of an organisation, as far as whoever asks may know it."""
    record, _ = seen_organisation(request, id, asking)
    decisions = page_of_decisions(request, asking, DecisionsAsked(about=id, cursor=cursor, limit=_MOST))
    return show(
        request,
        "organisation_history",
        one=record,
        **rights(asking, id),
        decisions=decisions.items,
        following=decisions.next and f"{request.url.path}?{urlencode({'cursor': decisions.next})}",
        **(_of_managers(request, asking, id) if asking.sees_everything else {"imports": [], "done": []}),
    )


def _of_managers(request: Request, asking: Principal, id: str) -> dict[str, Any]:
    """Return the imports that changed an organisation, and what was done with it; by whom is for administrators."""
    with reading(engine_of(request).store.engine) as connection:
        imports = imports_of(connection, ORGANISATIONS.name, id)
    entries = service_of(request).audit.page(AuditFilter(target=id), limit=_MOST).items
    names = _names(request, entries) if asking.role == ADMINISTRATOR else {}
    return {
        "imports": [Brought(one.number, one.at, PurePath(one.source).name, added) for one, added in imports],
        "done": [
            Done(one.at, one.action, tuple(one.detail.get("fields", ())), names.get(one.actor, "")) for one in entries
        ],
    }


def _names(request: Request, entries: list[AuditEntry]) -> dict[str, str]:
    """Return what to call who did something: a person by name or address, a key by its name."""
    service = service_of(request)
    found: dict[str, str] = {}
    for id, kind in {(one.actor, one.actor_kind) for one in entries}:
        if kind == "user" and (user := service.people.get(id)):
            found[id] = user.name or user.email
        if kind == "key" and (key := service.keys.get(id)):
            found[id] = key.name
    return found
