"""API keys on pages: one's own under the account, everybody's for administrators; made, shown once, revoked."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import MEMBER, ROLES, SCOPES, Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.keys import KeyWanted
from api.cursors import MOST_CHARS, next_of, number_after
from api.pages.filling import filled, or_none
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of
from api.routes.keys import known_key, made, revoked

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PER_PAGE = 50
DAYS = (30, 90, 180, 365)
OWN, ALL = "/account/keys", "/admin/keys"
Said = Annotated[str, Query(max_length=40)]
Cursor = Annotated[str, Query(max_length=MOST_CHARS)]
Text = Annotated[str, Field(max_length=1_000)]


class Typed(BaseModel):
    """What stands in the form of a new key, as it was typed."""

    name: Text = ""
    role: Text = ""
    scopes: Annotated[list[Text], Field(max_length=10)] = []
    organisation: Text = ""
    days: Text = "90"


@router.get(OWN)
def own_keys(request: Request, asking: Asking, cursor: Cursor = "", said: Said = "") -> Response:
    """List one's own keys, with a form for another one."""
    return _listed(request, asking, OWN, cursor, said=said)


@router.post(OWN)
def make_own(request: Request, asking: Asking, typed: Annotated[Typed, Form()]) -> Response:
    """Make a key of one's own, and show it this once."""
    return _make(request, asking, typed, OWN)


@router.get(ALL)
def all_keys(request: Request, asking: Asking, cursor: Cursor = "", said: Said = "") -> Response:
    """List everybody's keys, with whose they are and when they were last used."""
    return _listed(request, asking, ALL, cursor, said=said)


@router.post(ALL)
def make(request: Request, asking: Asking, typed: Annotated[Typed, Form()]) -> Response:
    """Make a key as an administrator, and show it this once."""
    return _make(request, asking, typed, ALL)


@router.get(OWN + "/{id}/revoke")
def ask_own(request: Request, asking: Asking, id: Id) -> Response:
    """Ask once more before a key of one's own is revoked."""
    return show(request, "key_revoke", key=known_key(request, id, asking), back=OWN)


@router.post(OWN + "/{id}/revoke")
def revoke_own(request: Request, asking: Asking, id: Id) -> Response:
    """Revoke a key of one's own."""
    revoked(request, asking, id)
    return RedirectResponse(f"{OWN}?said=revoked", 303)


@router.get(ALL + "/{id}/revoke")
def ask(request: Request, asking: Asking, id: Id) -> Response:
    """Ask once more before anybody's key is revoked."""
    return show(request, "key_revoke", key=known_key(request, id, asking), back=ALL)


@router.post(ALL + "/{id}/revoke")
def revoke(request: Request, asking: Asking, id: Id) -> Response:
    """Revoke anybody's key."""
    revoked(request, asking, id)
    return RedirectResponse(f"{ALL}?said=revoked", 303)


def _make(request: Request, asking: Principal, typed: Typed, back: str) -> Response:
    try:
        key, text = made(request, asking, filled(KeyWanted, _wanted(request, typed)))
    except KNOWN as error:
        return _listed(request, asking, back, "", typed=typed, problem=problem_of(request, error))
    return show(request, "key_made", status=201, key=key, text=text, back=back)


def _wanted(request: Request, typed: Typed) -> dict[str, Any]:
    """Return the body that the form means."""
    days = int(typed.days) if typed.days.isdecimal() and len(typed.days) < 5 else DAYS[1]
    return {
        "name": typed.name,
        "role": typed.role,
        "scopes": list(dict.fromkeys(typed.scopes)),
        "organisation": or_none(typed.organisation) if typed.role == MEMBER else None,
        "expires": (engine_of(request).now() + timedelta(days=days)).isoformat(),
    }


def _listed(
    request: Request,
    asking: Principal,
    back: str,
    cursor: str,
    **given: Any,
) -> Response:
    """Show keys with the form for another one: `given` may hold said, typed and problem."""
    state, problem = service_of(request), given.get("problem")
    owner = None if back == ALL else asking.id
    page = state.keys.page(owner, number_after(request, cursor), PER_PAGE)
    owners = {id: state.people.get(id) for id in {key.owner for key in page.items if key.owner}}
    roles = (MEMBER,) if asking.role == MEMBER else ROLES[ROLES.index(asking.role) : 4]
    usual = Typed(role=roles[-1], scopes=["read", "suggest"], organisation=asking.organisation)
    return show(
        request,
        "keys",
        status=problem.status if isinstance(problem, Problem) else 200,
        keys=page.items,
        owners=owners,
        next=next_of(request, page.next),
        cursor=cursor,
        back=back,
        roles=roles,
        scopes=SCOPES,
        days=DAYS,
        now=engine_of(request).now(),
        said=given.get("said", ""),
        typed=given.get("typed") or usual,
        problem=problem,
    )
