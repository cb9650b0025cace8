"""Collaborations: lists, one, and their changes."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.collaborations import (
    CollaborationNew,
    CollaborationPage,
    CollaborationPut,
    CollaborationsAsked,
    CollaborationShown,
    shown,
)
from api.bodies.examples import worked
from api.problems import Problem, documented, reader_of
from api.routes.answering import address, changed, check_id, check_version, made, one, order_of, page, place_of, put_new
from api.state.tokens import random_id
from api.words import say
from matcher.records import Collaboration
from matcher.store.filters import OrganisationFilter
from matcher.store.listing import MOST_PER_PAGE, MOST_VALUES

router = APIRouter(route_class=GuardedRoute, prefix="/v1/collaborations", tags=["collaborations"])
_PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "too-many-requests", "store-unavailable")
_OF_ONE = _PROBLEMS | documented("not-found")
_OF_CHANGE = _OF_ONE | documented("malformed-body", "precondition-failed", "precondition-required", "too-large")


@router.get(
    "",
    response_model=CollaborationPage,
    responses=worked("collaborations") | _PROBLEMS | documented("bad-cursor"),
    summary="List collaborations",
)
def listed(request: Request, asking: Asking, asked: Annotated[CollaborationsAsked, Query()]) -> Response:
    """Return a page of collaborations; a page may hold fewer than `limit` where some may not be seen."""
    limit = asked.within(request.app.state.settings.max_page)
    after = place_of(request, asked.cursor)
    if asked.organisation is not None and hidden_from(request, asking, [asked.organisation]):
        return page(request, [], None)
    found = engine_of(request).store.collaborations_page(asked.filters(), after, limit, order=order_of(asked.sort))
    return page(request, shown_to(request, asking, [record for record, _ in found.items]), found.next)


@router.post(
    "",
    status_code=201,
    response_model=CollaborationShown,
    responses=worked("collaboration-made", 201, "It was made; Location tells where it stands.")
    | _PROBLEMS
    | documented("malformed-body", "already-exists", "too-large", "key-reused", "request-running"),
    summary="Add a collaboration",
)
def add(request: Request, asking: Asking, given: CollaborationNew) -> Response:
    """Keep a new collaboration of organisations that are known."""
    record = Collaboration(id=given.id or random_id(), **given.values())
    version = put_new(request, engine_of(request).store, record)
    return made(shown(record), version, address("collaborations", record.id))


@router.get(
    "/{id}",
    response_model=CollaborationShown,
    responses=worked("collaboration") | _OF_ONE | {304: {"description": "As in If-None-Match."}},
    summary="Read a collaboration",
)
def read(request: Request, asking: Asking, id: Id) -> Response:
    """Return one collaboration; its ETag is the version that a change names."""
    record, version = _known(request, id)
    documents = shown_to(request, asking, [record])
    if not documents:
        raise _absent(request, id)
    # Whose view is narrower sees a change of who is hidden, too, which is none of the record.
    return one(request, documents[0], version if asking.sees_everything else None)


@router.put(
    "/{id}",
    response_model=CollaborationShown,
    responses=worked("collaboration") | _OF_CHANGE,
    summary="Change a collaboration, whole",
)
def put(request: Request, asking: Asking, id: Id, given: CollaborationPut) -> Response:
    """Write a collaboration exactly as given, where it is still as it was read; what is left out is erased."""
    _, version = _known(request, id)
    check_version(request, version)
    check_id(request, id, given.id)
    record = Collaboration(id=id, **given.values())
    return changed(shown(record), engine_of(request).store.put(record, version))


@router.delete(
    "/{id}",
    status_code=204,
    response_class=Response,
    responses=_OF_CHANGE,
    summary="Remove a collaboration",
)
def remove(request: Request, asking: Asking, id: Id) -> Response:
    """Remove a collaboration, where it is still as it was read."""
    _, version = _known(request, id)
    check_version(request, version)
    engine_of(request).store.remove_collaboration(id, version)
    return Response(status_code=204)


def hidden_from(request: Request, asking: Principal, ids: Sequence[str]) -> set[str]:
    """Return which organisations may not be shown to who asks; unknown ids are none of them."""
    if asking.sees_everything:
        return set()
    store = engine_of(request).store
    found: set[str] = set()
    distinct = sorted(set(ids))
    for start in range(0, len(distinct), MOST_VALUES):
        filters = OrganisationFilter(ids=tuple(distinct[start : start + MOST_VALUES]), visibility="hidden")
        after = None
        while True:
            part = store.organisations_page(filters, after, MOST_PER_PAGE)
            found.update(record.id for record, _ in part.items if not asking.sees(record))
            if (after := part.next) is None:
                break
    return found


def shown_to(request: Request, asking: Principal, records: Sequence[Collaboration]) -> list[dict[str, Any]]:
    """Return collaborations without members that may not be shown, and without those that have no other."""
    hidden = hidden_from(request, asking, [member.organisation for record in records for member in record.members])
    return [
        shown(record, hidden)
        for record in records
        if not record.members or any(member.organisation not in hidden for member in record.members)
    ]


def _known(request: Request, id: str) -> tuple[Collaboration, bytes]:
    found = engine_of(request).store.collaboration_with_print(id)
    if found is None:
        raise _absent(request, id)
    return found


def _absent(request: Request, id: str) -> Problem:
    return Problem("not-found", say("no_collaboration", reader_of(request), id=id))
