"""API keys: made for what they are needed for, shown once, revoked."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.access.principals import ADMINISTRATOR, MANAGER, MEMBER, ROLES, Principal
from api.access.unkept import UnkeptRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.examples import worked
from api.bodies.keys import KeysPage, KeyWanted, MadeKey, ToldKey
from api.cursors import next_of, number_after
from api.problems import Problem, documented, reader_of
from api.state import Key, NewKey, Page
from api.state.rows import columns_of
from api.versions import etag_of, not_modified
from api.words import say

router = APIRouter(route_class=UnkeptRoute, prefix="/v1/keys", tags=["keys"])
USUAL, LONGEST = timedelta(days=90), timedelta(days=366)
"""How long a key lasts where nothing is said, and at most."""
_PROBLEMS = documented("malformed-body", "invalid-request", "unauthorised", "forbidden", "csrf", "too-many-requests")
_OF_ONE = _PROBLEMS | documented("not-found")


@router.get("", responses=worked("keys") | _PROBLEMS | documented("bad-cursor"), summary="List API keys")
def list_keys(
    request: Request,
    asking: Asking,
    owner: Id | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1)] = 50,
) -> KeysPage:
    """Return one's own keys, for administrators all or those of `owner`, the newest first; never a secret."""
    keys, after = service_of(request).keys, number_after(request, cursor)
    most = min(limit, request.app.state.settings.max_page)
    if asking.role == ADMINISTRATOR:
        page = keys.page(owner, after, most)
    elif (own := _owner(request, asking)) is not None:
        page = keys.page(own, after, most) if owner in (None, own) else Page([], None)
    else:  # a key that an operator made has no fellows
        page = Page([known_key(request, asking.id, asking)], None)
    return KeysPage(items=[_told(one) for one in page.items], next=next_of(request, page.next))


@router.post(
    "",
    status_code=201,
    response_model=MadeKey,
    responses=worked("made-key", 201, "The key; it is not shown again.") | _PROBLEMS,
    summary="Make an API key",
)
def make_key(request: Request, asking: Asking, body: KeyWanted) -> Response:
    """Make a key that may at most what asks for it may, and return its text this once.

    An Idempotency-Key is not looked at here: nothing is kept that could show the key again.
    """
    key, text = made(request, asking, body)
    told = MadeKey(key=text, **_told(key).model_dump())
    headers = {"Location": f"/v1/keys/{key.id}", "ETag": _etag(key)}
    return Response(told.model_dump_json(), 201, headers, "application/json")


@router.get("/{id}", response_model=ToldKey, responses=worked("key") | _OF_ONE, summary="Read about an API key")
def read_key(request: Request, asking: Asking, id: Id) -> Response:
    """Return what is known of a key of one's own, for administrators of any; never its secret."""
    key = known_key(request, id, asking)
    unchanged = not_modified(request, _etag(key))
    return unchanged or Response(_told(key).model_dump_json(), 200, {"ETag": _etag(key)}, "application/json")


@router.delete("/{id}", status_code=204, responses=_OF_ONE, summary="Revoke an API key")
def revoke_key(request: Request, asking: Asking, id: Id) -> Response:
    """Let a key, and keys that were made with it, open nothing from now on.

    It needs no If-Match, for it can undo nobody's change.
    """
    revoked(request, asking, id)
    return Response(status_code=204)


def made(request: Request, asking: Principal, body: KeyWanted) -> tuple[Key, str]:
    """Make a key, note it, and return it with its text; Problem where it would do more than what asks for it."""
    wanted = NewKey(
        name=body.name,
        scopes=tuple(body.scopes),
        role=body.role,
        organisation=_checked(request, asking, body),
        owner=_owner(request, asking),
        made_by=asking.id if asking.kind == "key" else None,
        expires=_end(request, asking, body.expires),
    )
    key, text = service_of(request).keys.create(wanted)
    note(request, asking, "key.made", ("key", key.id), role=key.role, scopes=list(key.scopes))
    return key, text


def revoked(request: Request, asking: Principal, id: str) -> None:
    """Let a key open nothing from now on, and note it; Problem where it is not one's own to revoke."""
    known_key(request, id, asking)
    service_of(request).keys.revoke(id)
    request.app.state.identifier.forget()
    note(request, asking, "key.revoked", ("key", id))


def _checked(request: Request, asking: Principal, body: KeyWanted) -> str | None:
    """Return the organisation of a key that is wanted; Problem where it would do more than what asks for it."""
    language = reader_of(request)
    lower = body.role == MEMBER if asking.role == MEMBER else ROLES.index(body.role) >= ROLES.index(asking.role)
    if not lower:
        raise Problem("forbidden", say("key_above", language, role=asking.role))
    if not set(body.scopes) <= asking.scopes:
        raise Problem("forbidden", say("key_beyond", language, scopes=", ".join(sorted(asking.scopes))))
    if body.role != MEMBER:
        if body.organisation is not None:
            raise Problem("invalid-request", say("key_of_no_member", language))
        return None
    if asking.role not in (ADMINISTRATOR, MANAGER):
        if body.organisation not in (None, asking.organisation) or not asking.organisation:
            raise Problem("forbidden", say("not_yours", language))
        return asking.organisation
    if body.organisation is None:
        raise Problem("invalid-request", say("member_of_nothing", language))
    if engine_of(request).store.organisation(body.organisation) is None:
        raise Problem("invalid-request", say("no_organisation", language, id=body.organisation))
    return body.organisation


def _end(request: Request, asking: Principal, wanted: datetime | None) -> datetime:
    """Return when a new key expires: not after the key that makes it, or a key could outlive its end in another."""
    now = engine_of(request).now()
    if wanted is not None and not now < wanted <= now + LONGEST:
        raise Problem("invalid-request", say("key_expires", reader_of(request), latest=f"{now + LONGEST:%Y-%m-%d}"))
    maker = service_of(request).keys.get(asking.id) if asking.kind == "key" else None
    ends = [wanted or now + USUAL, maker.expires if maker else None]
    return min(end for end in ends if end is not None)


def _owner(request: Request, asking: Principal) -> str | None:
    """Return the user who asks, or whose key asks; None for a key that an operator made."""
    if asking.kind == "user":
        return asking.id
    key = service_of(request).keys.get(asking.id)
    return key.owner if key else None


def known_key(request: Request, id: str, asking: Principal) -> Key:
    """Return a key that may be seen; Problem where there is none."""
    key = service_of(request).keys.get(id)
    if key is not None and (asking.role == ADMINISTRATOR or key.id == asking.id):
        return key
    owner = _owner(request, asking)
    if key is None or owner is None or key.owner != owner:
        raise Problem("not-found", say("no_key", reader_of(request), id=id))
    return key


def _etag(key: Key) -> str:
    return etag_of(sha256(_told(key).model_dump_json().encode()).digest()[:12])


def _told(key: Key) -> ToldKey:
    return ToldKey.model_validate(columns_of(key) | {"scopes": list(key.scopes)})
