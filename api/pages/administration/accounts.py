"""Accounts: who may log in, in which role; given, changed and taken away by administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import ROLES
from api.bodies.asking import Id
from api.bodies.users import NewPerson, PasswordChange, PersonChange
from api.cursors import MOST_CHARS, next_of, number_after
from api.pages.filling import filled, or_none
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of
from api.routes.users import at_version, changed, created, erased, known_user, password_set
from api.state import User

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/admin/users")
GIVEN = ROLES[:4]
"""Roles that an account has; nobody in particular has none."""
PER_PAGE = 50
Said = Annotated[str, Query(max_length=40)]
Text = Annotated[str, Field(max_length=1_000)]


class Typed(BaseModel):
    """What stands in the form of an account, as it was typed."""

    email: Text = ""
    name: Text = ""
    role: Text = "reader"
    organisation: Text = ""
    language: Text = "en"
    active: Text = ""
    password: Text = ""
    version: Text = ""

    @classmethod
    def of(cls, user: User) -> "Typed":
        """Return the form of an account as it is."""
        return cls(
            email=user.email,
            name=user.name,
            role=user.role,
            organisation=user.organisation or "",
            language=user.language,
            active="yes" if user.active else "",
            version=str(user.version),
        )


@router.get("")
def users(
    request: Request, asking: Asking, cursor: Annotated[str, Query(max_length=MOST_CHARS)] = "", said: Said = ""
) -> Response:
    """List everybody with an account, the newest first."""
    page = service_of(request).people.page(number_after(request, cursor), PER_PAGE)
    return show(request, "admin_users", said=said, users=page.items, next=next_of(request, page.next), cursor=cursor)


@router.get("/new")
def new(request: Request, asking: Asking) -> Response:
    """Show the form of a new account."""
    return _form(request, Typed(), None)


@router.post("")
def create(request: Request, asking: Asking, typed: Annotated[Typed, Form()]) -> Response:
    """Give somebody an account."""
    fields = {name: getattr(typed, name).strip() for name in ("email", "name", "role", "language")}
    try:
        body = filled(
            NewPerson,
            {**fields, "organisation": or_none(typed.organisation), "password": typed.password or None},
        )
        created(request, asking, body)
    except KNOWN as error:
        return _form(request, typed, None, problem_of(request, error))
    return RedirectResponse("/admin/users?said=created", 303)


@router.get("/{id}")
def user(request: Request, asking: Asking, id: Id, said: Said = "") -> Response:
    """Show an account, to be changed."""
    one = known_user(request, id)
    return _form(request, Typed.of(one), one, said=said)


@router.post("/{id}")
def change(request: Request, asking: Asking, id: Id, typed: Annotated[Typed, Form()]) -> Response:
    """Change an account, unless somebody else has meanwhile: then both are shown."""
    one = known_user(request, id)
    wanted = {
        "name": typed.name,
        "role": typed.role,
        "organisation": or_none(typed.organisation),
        "language": typed.language,
        "active": bool(typed.active),
    }
    try:
        changed(request, asking, at_version(request, id, typed.version), filled(PersonChange, wanted))
    except KNOWN as error:
        return _form(request, typed, one, problem_of(request, error))
    return RedirectResponse("/admin/users?said=changed", 303)


@router.post("/{id}/password")
def reset(request: Request, asking: Asking, id: Id, password: Annotated[str, Form(max_length=1_000)] = "") -> Response:
    """Set somebody's password; their sessions end."""
    one = known_user(request, id)
    if one.id == asking.id:
        return RedirectResponse("/account", 303)
    try:
        password_set(request, asking, id, filled(PasswordChange, {"new": password}))
    except KNOWN as error:
        return _form(request, Typed.of(one), one, problem_of(request, error))
    return RedirectResponse("/admin/users?said=password", 303)


@router.get("/{id}/remove")
def ask_removal(request: Request, asking: Asking, id: Id) -> Response:
    """Ask once more before an account is removed, and say what goes with it."""
    return _removal(request, known_user(request, id))


@router.post("/{id}/remove")
def remove(request: Request, asking: Asking, id: Id, version: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Remove an account with all that hangs on it."""
    one = known_user(request, id)
    try:
        erased(request, asking, at_version(request, id, version))
    except KNOWN as error:
        return _removal(request, one, problem_of(request, error))
    return RedirectResponse("/" if one.id == asking.id else "/admin/users?said=removed", 303)


def _removal(request: Request, one: User, problem: Problem | None = None) -> Response:
    state = service_of(request)
    return show(
        request,
        "admin_user_remove",
        status=problem.status if problem else 200,
        problem=problem,
        user=one,
        keys=state.keys.page(one.id, limit=100).items,
        sessions=len(state.sessions.of(one.id)),
    )


def _form(request: Request, typed: Typed, one: User | None, problem: Problem | None = None, said: str = "") -> Response:
    """Show the form of an account; where it was changed meanwhile, with what it is now, to be sent again."""
    meanwhile = one is not None and problem is not None and problem.code == "precondition-failed"
    values: dict[str, Any] = {"typed": typed, "user": one, "problem": problem, "said": said, "meanwhile": meanwhile}
    return show(
        request, "admin_user", status=problem.status if problem else 200, roles=GIVEN, now=_now(request), **values
    )


def _now(request: Request) -> Any:
    return request.app.state.engine.now()
