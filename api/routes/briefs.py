"""Briefs: lists, one, and their changes; members write those of their own organisation."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.briefs import BriefGiven, BriefNew, BriefPage, BriefPut, BriefsAsked, BriefShown, shown
from api.bodies.examples import worked
from api.bodies.patching import MERGE_PATCH, patch_schema
from api.problems import Problem, documented, reader_of
from api.routes.answering import (
    address,
    changed,
    check_id,
    check_version,
    made,
    one,
    order_of,
    page,
    patched,
    place_of,
    put_new,
)
from api.routes.collaborations import hidden_from
from api.state.tokens import random_id
from api.words import say
from matcher.records import Brief
from matcher.store.decision_pages import BRIEF

router = APIRouter(route_class=GuardedRoute, prefix="/v1/briefs", tags=["briefs"])
_PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "too-many-requests", "store-unavailable")
_OF_ONE = _PROBLEMS | documented("not-found")
_OF_CHANGE = _OF_ONE | documented("malformed-body", "precondition-failed", "precondition-required", "too-large")


@router.get(
    "",
    response_model=BriefPage,
    responses=worked("briefs") | _PROBLEMS | documented("bad-cursor"),
    summary="List briefs",
)
def listed(request: Request, asking: Asking, asked: Annotated[BriefsAsked, Query()]) -> Response:
    """Return a page of briefs; whom one excludes is told to its owner and managers alone."""
    limit = asked.within(request.app.state.settings.max_page)
    after = place_of(request, asked.cursor)
    filters = asked.filters(owners_seen(request, asking, asked.owner))
    found = engine_of(request).store.briefs_page(filters, after, limit, order=order_of(asked.sort))
    records = [record for record, _ in found.items]
    hidden = hidden_from(request, asking, [record.owner for record in records if record.owner])
    items = [shown(one, whole=is_whole(asking, one), owner_seen=one.owner not in hidden) for one in records]
    return page(request, items, found.next)


@router.post(
    "",
    status_code=201,
    response_model=BriefShown,
    responses=worked("brief-made", 201, "It was made; Location tells where it stands.")
    | _PROBLEMS
    | documented("malformed-body", "already-exists", "too-large", "key-reused", "request-running"),
    summary="Add a brief",
)
def add(request: Request, asking: Asking, given: BriefNew) -> Response:
    """Keep a new brief; a member's is its own organisation's."""
    record, version = add_brief(request, asking, given)
    return made(shown(record, whole=True), version, address("briefs", record.id))


@router.get(
    "/{id}",
    response_model=BriefShown,
    responses=worked("brief") | _OF_ONE | {304: {"description": "As in If-None-Match."}},
    summary="Read a brief",
)
def read(request: Request, asking: Asking, id: Id) -> Response:
    """Return one brief; its ETag is the version that a change names."""
    record, version = with_version(request, id)
    if is_whole(asking, record):
        return one(request, shown(record, whole=True), version)
    hidden = hidden_from(request, asking, [record.owner] if record.owner else [])
    return one(request, shown(record, whole=False, owner_seen=not hidden), None)


@router.put("/{id}", response_model=BriefShown, responses=worked("brief") | _OF_CHANGE, summary="Change a brief, whole")
def put(request: Request, asking: Asking, id: Id, given: BriefPut) -> Response:
    """Write a brief exactly as given, where it is still as it was read; what is left out is erased."""
    _, version = own_brief(request, id, asking)
    check_version(request, version)
    check_id(request, id, given.id)
    return _written(request, Brief(id=id, **given.values()), version, asking)


@router.patch(
    "/{id}",
    response_model=BriefShown,
    responses=worked("brief") | _OF_CHANGE,
    summary="Change some fields of a brief",
    openapi_extra=patch_schema(BriefPut, {"closes": "2026-07-31", "requirements": None}),
)
def patch(
    request: Request, asking: Asking, id: Id, fields: Annotated[dict[str, Any], Body(media_type=MERGE_PATCH)]
) -> Response:
    """Change the fields that are named (RFC 7396), where it is still as it was read; null takes a value away."""
    record, version = own_brief(request, id, asking)
    check_version(request, version)
    return _written(request, replace(record, **patched(request, BriefGiven, id, fields)), version, asking)


@router.delete("/{id}", status_code=204, response_class=Response, responses=_OF_CHANGE, summary="Remove a brief")
def remove(request: Request, asking: Asking, id: Id) -> Response:
    """Remove a brief with what was decided about suggestions for it, and the interest in it that was expressed,
    where it is still as it was read.
    """
    _, version = own_brief(request, id, asking)
    check_version(request, version)
    remove_brief(request, id, version)
    return Response(status_code=204)


def add_brief(request: Request, asking: Principal, given: BriefNew) -> tuple[Brief, bytes]:
    """Keep a new brief and return it with its version; a member's is its own organisation's."""
    values = given.values()
    if not asking.sees_everything and values["owner"] is None:
        values["owner"] = asking.organisation
    record = Brief(id=given.id or random_id(), **values)
    _check_owner(request, record, asking)
    return record, put_new(request, engine_of(request).store, record)


def write_brief(request: Request, asking: Principal, record: Brief, present: bytes) -> bytes:
    """Write a brief where it is still of this version, and return the new one; what waits ends with it."""
    _check_owner(request, record, asking)
    version = engine_of(request).store.put(record, present)
    service_of(request).expressions.follow(record.id, end_of(record))
    return version


def remove_brief(request: Request, id: str, version: bytes) -> None:
    """Remove a brief of this version with all that was decided, chosen and expressed about it."""
    engine_of(request).store.remove_brief(id, version)
    service_of(request).expressions.forget(briefs=[id])
    service_of(request).choices.forget(f"{BRIEF}{id}")


def end_of(brief: Brief) -> datetime | None:
    """Return the moment after the last day of a brief, UTC; None where it has none."""
    return None if brief.closes is None else datetime.combine(brief.closes, time(), UTC) + timedelta(days=1)


def owners_seen(request: Request, asking: Principal, owner: str | None) -> tuple[str, ...] | None:
    """Return the owners whose briefs may be listed, of those that are asked for; None for any."""
    if owner is None:
        return None
    return () if hidden_from(request, asking, [owner]) else (owner,)


def with_version(request: Request, id: str) -> tuple[Brief, bytes]:
    """Return a brief with its version; Problem where it is unknown."""
    found = engine_of(request).store.brief_with_print(id)
    if found is None:
        raise Problem("not-found", say("no_brief", reader_of(request), id=id))
    return found


def own_brief(request: Request, id: str, asking: Principal) -> tuple[Brief, bytes]:
    """Return a brief that may be changed, with its version; Problem where it is not one's own."""
    found = with_version(request, id)
    _check_owner(request, found[0], asking)
    return found


def is_whole(asking: Principal, record: Brief) -> bool:
    """Return whether a brief is shown with whom it excludes."""
    return asking.sees_everything or bool(record.owner and asking.owns(record.owner))


def _check_owner(request: Request, record: Brief, asking: Principal) -> None:
    if not asking.sees_everything and not (record.owner and asking.may_change(record.owner)):
        raise Problem("forbidden", say("not_yours", reader_of(request)))


def _written(request: Request, record: Brief, present: bytes, asking: Principal) -> Response:
    return changed(shown(record, whole=True), write_brief(request, asking, record, present))
