"""One's own account: the password, the browsers that are logged in, and the language."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.identifying import session_token
from api.access.noting import note, service_of
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.users import PasswordChange
from api.pages.account.login import begin
from api.pages.filling import filled
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of, reader_of
from api.routes.users import known_user, password_set
from api.words import say

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/account")


@router.get("")
def account(request: Request, asking: Asking, said: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Show who is logged in, and where."""
    return _shown(request, asking, said=said)


@router.post("/password")
def change_password(
    request: Request,
    asking: Asking,
    old_password: Annotated[str, Form(max_length=1_000)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Change one's own password; every other browser is logged out."""
    _check_person(request, asking)
    try:
        body = filled(PasswordChange, {"old": old_password, "new": password})
        user, _ = password_set(request, asking, asking.id, body)
    except KNOWN as error:
        return _shown(request, asking, problem=problem_of(request, error))
    return begin(request, user, "/account?said=password")


@router.post("/sessions")
def end_others(request: Request, asking: Asking) -> Response:
    """Log out everywhere but here."""
    _check_person(request, asking)
    sessions = service_of(request).sessions
    ended = sessions.end_others(asking.id, sessions.verify(session_token(request)).id)
    note(request, asking, "session.ended", ("user", asking.id), others=ended)
    return RedirectResponse("/account?said=ended", 303)


def _shown(request: Request, asking: Principal, problem: Problem | None = None, said: str = "") -> Response:
    _check_person(request, asking)
    state = service_of(request)
    user = known_user(request, asking.id)
    name = engine_of(request).store.names_of([user.organisation]) if user.organisation else {}
    return show(
        request,
        "account",
        status=problem.status if problem else 200,
        problem=problem,
        said=said,
        user=user,
        organisation=name.get(user.organisation or "", "") or user.organisation,
        sessions=state.sessions.of(user.id),
        here=state.sessions.verify(session_token(request)).id,
        keys=len(state.keys.page(user.id, limit=100).items),
    )


def _check_person(request: Request, asking: Principal) -> None:
    """Refuse a key: it is nobody who has a password and logs in."""
    if asking.kind != "user":
        raise Problem("not-found", say("no_session", reader_of(request)))
