"""The audit: who did what to what, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.routing import GuardedRoute
from api.bodies.audit import AuditAsked, AuditPage, ToldEntry
from api.bodies.examples import worked
from api.cursors import next_of, number_after
from api.problems import documented
from api.state import AuditEntry
from api.state.audit import AuditFilter
from api.state.rows import columns_of

router = APIRouter(route_class=GuardedRoute, prefix="/v1/audit", tags=["audit"])


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


def _told(entry: AuditEntry) -> ToldEntry:
    return ToldEntry.model_validate(columns_of(entry))
