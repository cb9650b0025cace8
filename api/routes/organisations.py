"""Organisations: lists, profiles and their changes, and what an organisation did with others."""

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from sqlalchemy import bindparam, select

from api.access.guarding import Asking
from api.access.noting import note
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import absent, engine_of
from api.bodies.asking import Id
from api.bodies.collaborations import CollaborationPage, OwnCollaborationsAsked
from api.bodies.examples import worked
from api.bodies.organisations import (
    OrganisationGiven,
    OrganisationNew,
    OrganisationPage,
    OrganisationPut,
    OrganisationsAsked,
    OrganisationShown,
    shown,
)
from api.bodies.patching import MERGE_PATCH, patch_schema
from api.problems import Problem, documented, reader_of
from api.routes.answering import (
    address,
    changed,
    check_id,
    check_version,
    made,
    one_rendered,
    order_of,
    page,
    patched,
    place_of,
    put_new,
    rendered,
)
from api.routes.collaborations import shown_to
from api.state.tokens import random_id
from api.words import say
from matcher.records import Organisation
from matcher.store.connecting import reading
from matcher.store.filters import CollaborationFilter
from matcher.store.fingerprints import is_storable
from matcher.store.sql import SqlStore
from matcher.store.tables import organisations

router = APIRouter(route_class=GuardedRoute, prefix="/v1/organisations", tags=["organisations"])
_PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "too-many-requests", "store-unavailable")
_OF_ONE = _PROBLEMS | documented("not-found")
_OF_CHANGE = _OF_ONE | documented("malformed-body", "precondition-failed", "precondition-required", "too-large")
_OF_LIST = _PROBLEMS | documented("bad-cursor")

MOST_RENDERED = 4_096
"""So many answers are kept for the next who asks; all together some megabytes."""
_VERSION = select(organisations.c.fingerprint).where(organisations.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class _Rendered:
    is_public: bool
    body: bytes


_RENDERED: dict[tuple[bytes, bool], _Rendered] = {}
"""By version, which tells the content of a record to the last letter, and whether what is confidential is shown."""


@router.get(
    "", response_model=OrganisationPage, responses=worked("organisations") | _OF_LIST, summary="List organisations"
)
def listed(request: Request, asking: Asking, asked: Annotated[OrganisationsAsked, Query()]) -> Response:
    """Return a page of organisations. Hidden ones are listed for managers only; members read theirs at its address."""
    limit = asked.within(request.app.state.settings.max_page)
    filters = asked.filters(sees_hidden=asking.sees_everything)
    after = place_of(request, asked.cursor)
    found = engine_of(request).store.organisations_page(filters, after, limit, order=order_of(asked.sort))
    items = [shown(record, whole=_sees_whole(asking, record)) for record, _ in found.items]
    return page(request, items, found.next)


@router.post(
    "",
    status_code=201,
    response_model=OrganisationShown,
    responses=worked("organisation-made", 201, "It was made; Location tells where it stands.")
    | _PROBLEMS
    | documented("malformed-body", "already-exists", "too-large", "key-reused", "request-running"),
    summary="Add an organisation",
)
def add(request: Request, asking: Asking, given: OrganisationNew) -> Response:
    """Keep a new organisation; it is suggested once the next snapshot has been taken, in seconds."""
    record, version = add_organisation(request, given)
    return made(shown(record, whole=True), version, address("organisations", record.id))


@router.get(
    "/{id}",
    response_model=OrganisationShown,
    responses=worked("organisation") | _OF_ONE | {304: {"description": "As in If-None-Match."}},
    summary="Read an organisation",
)
def read(request: Request, asking: Asking, id: Id) -> Response:
    """Return one organisation; its ETag is the version that a change names."""
    is_whole = asking.sees_everything or asking.owns(id)
    version = _version(engine_of(request).store, id)
    kept = None if version is None else _RENDERED.get((version, is_whole))
    if kept is None:
        record, version = seen_organisation(request, id, asking)
        kept = _Rendered(record.visibility == "public", rendered(shown(record, whole=is_whole)))
        if len(_RENDERED) >= MOST_RENDERED:
            _RENDERED.clear()
        _RENDERED[version, is_whole] = kept
    if version is None or not (kept.is_public or is_whole):
        raise absent(request, id, asking)
    return one_rendered(request, kept.body, version)


@router.put(
    "/{id}",
    response_model=OrganisationShown,
    responses=worked("organisation") | _OF_CHANGE,
    summary="Change an organisation, whole",
)
def put(request: Request, asking: Asking, id: Id, given: OrganisationPut) -> Response:
    """Write an organisation exactly as given, where it is still as it was read; what is left out is erased."""
    record, version = own_organisation(request, id, asking)
    check_version(request, version)
    check_id(request, id, given.id)
    newer = Organisation(id=id, **given.values())
    return changed(shown(newer, whole=True), change_organisation(request, asking, record, newer, version))


@router.patch(
    "/{id}",
    response_model=OrganisationShown,
    responses=worked("organisation") | _OF_CHANGE,
    summary="Change some fields of an organisation",
    openapi_extra=patch_schema(OrganisationPut, {"employees": 14, "region": None}),
)
def patch(
    request: Request, asking: Asking, id: Id, fields: Annotated[dict[str, Any], Body(media_type=MERGE_PATCH)]
) -> Response:
    """Change the fields that are named (RFC 7396), where it is still as it was read; null takes a value away."""
    record, version = own_organisation(request, id, asking)
    check_version(request, version)
    newer = replace(record, **patched(request, OrganisationGiven, id, fields))
    return changed(shown(newer, whole=True), change_organisation(request, asking, record, newer, version))


@router.get(
    "/{id}/collaborations",
    response_model=CollaborationPage,
    responses=worked("collaborations") | _OF_LIST | documented("not-found"),
    summary="List the collaborations of an organisation",
)
def collaborations(
    request: Request, asking: Asking, id: Id, asked: Annotated[OwnCollaborationsAsked, Query()]
) -> Response:
    """Return a page of what an organisation did with others, the newest first unless asked otherwise."""
    seen_organisation(request, id, asking)
    limit = asked.within(request.app.state.settings.max_page)
    filters, after = CollaborationFilter(organisation=id), place_of(request, asked.cursor)
    found = engine_of(request).store.collaborations_page(filters, after, limit, order=order_of(asked.sort))
    return page(request, shown_to(request, asking, [record for record, _ in found.items]), found.next)


def add_organisation(request: Request, given: OrganisationNew) -> tuple[Organisation, bytes]:
    """Keep a new organisation and return it with its version; Problem where its id is taken."""
    record = Organisation(id=given.id or random_id(), **given.values())
    return record, put_new(request, engine_of(request).store, record)


def seen_organisation(request: Request, id: str, asking: Principal) -> tuple[Organisation, bytes]:
    """Return an organisation with its version; Problem where it is unknown or may not be seen."""
    found = engine_of(request).store.organisation_with_print(id)
    if found is None or not asking.sees(found[0]):
        raise absent(request, id, asking)
    return found


def own_organisation(request: Request, id: str, asking: Principal) -> tuple[Organisation, bytes]:
    """Return an organisation that may be changed; Problem where it is not one's own."""
    found = seen_organisation(request, id, asking)
    if not asking.may_change(id):
        raise Problem("forbidden", say("not_yours", reader_of(request)))
    return found


def change_organisation(
    request: Request,
    asking: Principal,
    record: Organisation,
    newer: Organisation,
    present: bytes,
    action: str = "organisation.changed",
) -> bytes:
    """Write an organisation where it is still as it was read, note which fields changed, and return its version."""
    version = engine_of(request).store.put(newer, present)
    names = [one.name for one in fields(Organisation) if getattr(record, one.name) != getattr(newer, one.name)]
    if names:
        note(request, asking, action, ("organisation", record.id), fields=names)
    return version


def _version(store: SqlStore, id: str) -> bytes | None:
    """Return an organisation's version alone, None where it is unknown: a fifth of the time of reading it."""
    if not is_storable(id):
        return None
    with reading(store.engine) as connection:
        found = connection.execute(_VERSION, {"id": id}).scalar()
    return None if found is None else bytes(found)


def _sees_whole(asking: Principal, record: Organisation) -> bool:
    return asking.sees_everything or asking.owns(record.id)
