"""Noting: who asks, and by which request, as an entry of the audit."""

from typing import Any

from fastapi import Request

from api.access.principals import Principal
from api.state import NewAuditEntry, State


def service_of(request: Request) -> State:
    """Return the service's own state."""
    state: State = request.app.state.service
    return state


def note(request: Request, asking: Principal, action: str, target: tuple[str, str], **detail: Any) -> None:
    """Add to the audit what `asking` did to a target (kind, id); the detail names no person."""
    entry = NewAuditEntry(
        actor=asking.id,
        actor_kind=asking.kind,
        action=action,
        target_kind=target[0],
        target=target[1],
        request=request.scope.get("request_id", ""),
        detail=detail,
    )
    service_of(request).audit.add(entry)
