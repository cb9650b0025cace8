"""Users: people with an account, kept by administrators; everybody changes their own password."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.access.principals import ADMINISTRATOR, MEMBER, Principal
from api.access.unkept import UnkeptRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.examples import worked
from api.bodies.session import WhoAsks
from api.bodies.users import NewPerson, PasswordChange, PeoplePage, Person, PersonChange
from api.cursors import next_of, number_after
from api.erasing import Eraser
from api.problems import Problem, documented, reader_of
from api.routes.session import begun, checked
from api.state import NewUser, Refused, User
from api.state.audit import ERASED
from api.state.rows import columns_of
from api.versions import changed_meanwhile, etag_of, expected, not_modified
from api.words import say
from matcher.errors import ConflictError

router = APIRouter(route_class=UnkeptRoute, prefix="/v1/users", tags=["users"])
_PROBLEMS = documented("malformed-body", "invalid-request", "unauthorised", "forbidden", "csrf", "too-many-requests")
_OF_ONE = _PROBLEMS | documented("not-found")
_CHANGES = _OF_ONE | documented("precondition-failed", "precondition-required", "conflict")


@router.get("", responses=worked("users") | _PROBLEMS | documented("bad-cursor"), summary="List people with an account")
def list_users(
    request: Request, asking: Asking, cursor: str | None = None, limit: Annotated[int, Query(ge=1)] = 50
) -> PeoplePage:
    """Return people with an account, the newest first."""
    most = min(limit, request.app.state.settings.max_page)
    page = service_of(request).people.page(number_after(request, cursor), most)
    return PeoplePage(items=[_told(one) for one in page.items], next=next_of(request, page.next))


@router.post(
    "",
    status_code=201,
    response_model=Person,
    responses=worked("user", 201, "The account is there.") | _PROBLEMS | documented("already-exists"),
    summary="Give somebody an account",
)
def create_user(request: Request, asking: Asking, body: NewPerson) -> Response:
    """Give an account; an e-mail address has one at most. An Idempotency-Key is not looked at here."""
    return _answer(created(request, asking, body), 201)


@router.get("/{id}", response_model=Person, responses=worked("user") | _OF_ONE, summary="Read an account")
def read_user(request: Request, asking: Asking, id: Id) -> Response:
    """Return an account, with its version as ETag."""
    user = known_user(request, id)
    return not_modified(request, etag_of(user.version)) or _answer(user)


@router.patch("/{id}", response_model=Person, responses=worked("user") | _CHANGES, summary="Change an account")
def change_user(request: Request, asking: Asking, id: Id, body: PersonChange) -> Response:
    """Change what is given; keys of theirs never may more than they may, from the next request on."""
    return _answer(changed(request, asking, at_version(request, id, expected(request)), body))


@router.delete("/{id}", status_code=204, responses=_CHANGES, summary="Erase an account")
def erase_user(request: Request, asking: Asking, id: Id) -> Response:
    """Remove an account with its sessions, keys and messages; the audit says `erased` where its id stood."""
    erased(request, asking, at_version(request, id, expected(request)))
    return Response(status_code=204)


@router.post(
    "/{id}/password",
    response_model=WhoAsks,
    responses=worked("session", 200, "Your own was changed; this session goes on with a new id, every other has ended.")
    | {204: {"description": "Somebody else's was set; their sessions have ended."}}
    | _OF_ONE
    | documented("unauthorised", "login-refused")
    | documented("too-many-requests", "locked"),
    summary="Set a password",
)
def set_password(request: Request, asking: Asking, id: Id, body: PasswordChange) -> Response:
    """Change one's own password, which needs the old one, or set somebody else's, which administrators may."""
    user, is_own = password_set(request, asking, id, body)
    return begun(request, user, "password", 200) if is_own else Response(status_code=204)


def created(request: Request, asking: Principal, body: NewPerson) -> User:
    """Give somebody an account, and note it; Problem where the address has one or the organisation is unknown."""
    wanted = NewUser(**body.model_dump(exclude={"password"}))
    _check_organisation(request, wanted)
    try:
        user = service_of(request).people.create(wanted, body.password)
    except Refused as error:
        raise Problem("already-exists", say("account_taken", reader_of(request))) from error
    note(request, asking, "user.created", ("user", user.id), role=user.role)
    return user


def changed(request: Request, asking: Principal, user: User, body: PersonChange) -> User:
    """Change what is given of a user, and note it; Problem where nobody would be left who may undo it."""
    given = body.given()
    wanted = replace(user, **given)
    if {"role", "organisation"} & given.keys():
        _check_organisation(request, wanted)
    written = _change(request, user, wanted)
    note(request, asking, "user.changed", ("user", user.id), **_safe(given))
    return written


def erased(request: Request, asking: Principal, user: User) -> None:
    """Erase an account with all that hangs on it, and note that one was."""
    _change(request, user, replace(user, active=False))  # the last administrator is kept; nobody is let in from here on
    app = request.app.state
    ids = Eraser(app.settings, app.engine, app.service).erase_account(user.id)
    app.identifier.forget()
    own = asking.id in ids
    note(request, replace(asking, id=ERASED) if own else asking, "user.erased", ("user", ERASED))


def password_set(request: Request, asking: Principal, id: str, body: PasswordChange) -> tuple[User, bool]:
    """Set a password, and return whose and whether it is one's own; every session of theirs has ended."""
    is_own = asking.kind == "user" and asking.id == id
    if not is_own and asking.role != ADMINISTRATOR:
        raise _nobody(request, id)
    user = known_user(request, id)
    if is_own:
        checked(request, user.email, body.old)
    user = service_of(request).people.change(user, body.new)
    note(request, asking, "user.password", ("user", id))
    return user, is_own


def _change(request: Request, user: User, changed: User) -> User:
    """Write a change, unless nobody would be left who may undo it."""
    people = service_of(request).people
    lowers = user.active and user.role == ADMINISTRATOR and (changed.role, changed.active) != (ADMINISTRATOR, True)
    last = Problem("conflict", say("last_administrator", reader_of(request)))
    if lowers and people.count(ADMINISTRATOR) == 1:
        raise last
    try:
        written = people.change(changed)
    except ConflictError as error:
        raise changed_meanwhile(request, str(known_user(request, user.id).version)) from error
    if lowers and people.count(ADMINISTRATOR) == 0:  # two have lowered each other at the same moment
        people.change(replace(user, version=written.version))
        raise last
    request.app.state.identifier.forget()
    return written


def _check_organisation(request: Request, user: NewUser) -> None:
    language = reader_of(request)
    if user.organisation is None:
        if user.role == MEMBER:
            raise Problem("invalid-request", say("member_of_nothing", language))
    elif engine_of(request).store.organisation(user.organisation) is None:
        raise Problem("invalid-request", say("no_organisation", language, id=user.organisation))


def at_version(request: Request, id: str, version: str | None) -> User:
    """Return the user that a change is meant for; Problem where there is none, or it is not at the version any more."""
    user = known_user(request, id)
    if version not in (None, str(user.version)):
        raise changed_meanwhile(request, str(user.version))
    return user


def known_user(request: Request, id: str) -> User:
    """Return a user; Problem where there is none of this id."""
    user = service_of(request).people.get(id)
    if user is None:
        raise _nobody(request, id)
    return user


def _nobody(request: Request, id: str) -> Problem:
    return Problem("not-found", say("no_user", reader_of(request), id=id))


def _safe(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit keeps of a change: everything but names."""
    return {name: value for name, value in given.items() if name != "name"}


def _told(user: User) -> Person:
    return Person.model_validate(
        {name: value for name, value in columns_of(user).items() if name in Person.model_fields}
    )


def _answer(user: User, status: int = 200) -> Response:
    headers = {"ETag": etag_of(user.version)}
    if status == 201:
        headers["Location"] = f"/v1/users/{user.id}"
    return Response(_told(user).model_dump_json(), status, headers, "application/json")
