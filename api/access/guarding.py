"""Guarding: before any endpoint runs, who asks, how often, and whether the role and the key's scope allow it."""

from math import ceil
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.access.principals import NOBODY, Principal
from api.access.roles import TABLE, Access
from api.problems import Problem, reader_of
from api.words import say

_NONE = Access(frozenset(), "admin")


async def guard(request: Request) -> None:
    """Let a request through to its endpoint, with its principal in `request.state`; Problem where it may not."""
    app = request.app.state
    principal = app.identifier.remembered(request)
    try:
        if principal is None:
            principal = await run_in_threadpool(app.identifier.identify, request)
    except Problem:
        _slow_down(request, None)  # guessing keys is slow
        raise
    _slow_down(request, principal)
    request.state.principal = principal
    access = TABLE.get((request.method, request.scope["route"].path), _NONE)
    if app.settings.public_directory and access.public and principal.role == NOBODY:
        return
    _check(request, principal, access)


async def principal_of(request: Request) -> Principal:
    """Return who asks, as the guard has told it."""
    principal: Principal = request.state.principal
    return principal


Asking = Annotated[Principal, Depends(principal_of)]
"""An endpoint's parameter: who asks."""


def _slow_down(request: Request, principal: Principal | None) -> None:
    """Count a request, health aside; Problem where there were too many."""
    app = request.app.state
    if request.url.path.startswith("/health/"):
        return
    if principal is None or principal.role == NOBODY:
        who, limit = f"from {address_of(request)}", app.settings.requests_per_minute_of_nobody
    else:
        who, limit = principal.id, app.settings.requests_per_minute
    wait = app.rates.take(who, limit, app.clock())
    if wait:
        seconds = ceil(wait)
        detail = say("too_many_requests", reader_of(request), limit=limit, seconds=seconds)
        raise Problem("too-many-requests", detail, headers={"Retry-After": str(seconds)})


def address_of(request: Request) -> str:
    """Return the address that a request comes from; that of a proxy that is not believed is the proxy's own."""
    return request.client.host if request.client else ""


def _check(request: Request, principal: Principal, access: Access) -> None:
    language = reader_of(request)
    if principal.role not in access.roles:
        if principal.role == NOBODY:
            raise Problem("unauthorised", say("unauthorised", language), headers={"WWW-Authenticate": "Bearer"})
        raise Problem("forbidden", say("forbidden", language, roles=", ".join(sorted(access.roles)) or "-"))
    if principal.role != NOBODY and access.scope not in principal.scopes:
        raise Problem("forbidden", say("scope_lacking", language, scope=access.scope))
