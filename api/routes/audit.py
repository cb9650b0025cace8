"""The audit: who did what to what, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.routing import GuardedRoute
from api.bodies.audit import AuditAsked, AuditPage, ToldEntry
from api.bodies.examples import worked
from api.cursors import after_of, cursor_of
from api.problems import Problem, documented, reader_of
from api.state import AuditEntry
from api.state.audit import AuditFilter
from api.state.rows import columns_of
from api.words import say

router = APIRouter(route_class=GuardedRoute, prefix="/v1/audit", tags=["audit"])
_LARGEST = 2**63 - 1


@router.get(
    "",
    responses=worked("audit")
    | documented("unauthorised", "forbidden", "invalid-request", "bad-cursor", "too-many-requests"),
    summary="List what was done, the newest first",
)
def list_entries(request: Request, asking: Asking, asked: Annotated[AuditAsked, Query()]) -> AuditPage:
    """Return what was done with users, keys, sessions, models and contacts, by whom and when."""
    chosen = AuditFilter(
        actor=asked.actor, action=asked.action, target=asked.target, since=asked.since, until=asked.until
    )
    after, most = number_after(request, asked.cursor), min(asked.limit, request.app.state.settings.max_page)
    page = service_of(request).audit.page(chosen, after, most)
    return AuditPage(items=[_told(one) for one in page.items], next=next_of(request, page.next))


def number_after(request: Request, cursor: str | None) -> int | None:
    """Return the number that a page of the service's own tables goes on after; Problem where it is of another list."""
    after = after_of(request, cursor)
    if after is None:
        return None
    if len(after) != 1 or type(after[0]) is not int or not 0 <= after[0] <= _LARGEST:
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request)))
    number: int = after[0]
    return number


def next_of(request: Request, number: int | None) -> str | None:
    """Return the cursor of the page after the entry of a number, None where there is none."""
    return cursor_of(request, None if number is None else (number,))


def _told(entry: AuditEntry) -> ToldEntry:
    return ToldEntry.model_validate(columns_of(entry))
