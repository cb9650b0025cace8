"""Sessions: logging in by password, who is logged in, logging out."""

from math import ceil
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response

from api.access.guarding import Asking
from api.access.identifying import COOKIE, cookie_name, of_user, session_token
from api.access.noting import note, service_of
from api.access.principals import Principal
from api.access.unkept import UnkeptRoute
from api.asking import engine_of
from api.bodies.examples import worked
from api.bodies.session import Login, WhoAsks
from api.problems import Problem, documented, reader_of
from api.state import Refused, Session, User
from api.state.sessions import LONGEST
from api.words import say

router = APIRouter(route_class=UnkeptRoute, prefix="/v1/session", tags=["session"])
_PROBLEMS = documented("unauthorised", "forbidden", "too-many-requests")


def check_sender(request: Request) -> None:
    """Refuse what a page of another site could make a browser send: forms, and what another origin sent.

    Logging somebody in as somebody else is an attack too (login CSRF): JSON needs the consent that CORS never gives.
    """
    language = reader_of(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("unsupported-media-type", say("json_only", language))
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("csrf", say("other_origin", language))


@router.post(
    "",
    status_code=201,
    response_model=WhoAsks,
    responses=worked("session", 201, "You are logged in.")
    | _PROBLEMS
    | documented("malformed-body", "unsupported-media-type", "invalid-request")
    | documented("unauthorised", "login-refused")
    | documented("forbidden", "csrf")
    | documented("too-many-requests", "locked"),
    summary="Log in",
    dependencies=[Depends(check_sender)],
)
def log_in(request: Request, login: Login) -> Response:
    """Begin a session: a cookie, and a token that says with each change that it comes from your page."""
    user = checked(request, login.email, login.password)
    return begun(request, user, "password")


@router.get("", responses=worked("session") | _PROBLEMS, summary="Who asks?")
def who_asks(request: Request, asking: Asking) -> WhoAsks:
    """Say who you are to the service, and with a session the token that changes need."""
    if asking.kind != "user":
        return _told(asking, None)
    return _told(asking, service_of(request).sessions.verify(session_token(request)))


@router.delete(
    "",
    status_code=204,
    responses=_PROBLEMS | documented("forbidden", "csrf") | documented("not-found"),
    summary="Log out",
)
def log_out(request: Request, asking: Asking) -> Response:
    """End the session that asks; its cookie opens nothing from now on."""
    if asking.kind != "user":
        raise Problem("not-found", say("no_session", reader_of(request)))
    service_of(request).sessions.end(session_token(request))
    note(request, asking, "session.ended", ("user", asking.id))
    response = Response(status_code=204)
    forget_cookie(request, response, COOKIE)
    return response


def checked(request: Request, email: str, password: str) -> User:
    """Return the user whose password this is; Problem where it is not, noted in the audit without saying it."""
    try:
        return service_of(request).people.check_password(email, password)
    except Refused as error:
        raise refused(request, error, email) from error


def refused(request: Request, error: Refused, email: str = "") -> Problem:
    """Return the problem of a login that is refused, and note it."""
    state = service_of(request)
    meant = state.people.by_email(email)  # looked for whether or not there is one: it takes the same time
    nobody = Principal(kind="nobody", id="", role="anonymous")
    note(request, nobody, "session.refused", ("user", meant.id if meant else ""), reason=error.reason)
    language = reader_of(request)
    if error.reason == "locked" and error.until is not None:
        seconds = max(ceil((error.until - engine_of(request).now()).total_seconds()), 1)
        return Problem("locked", say("locked", language, seconds=seconds), headers={"Retry-After": str(seconds)})
    name = {"credentials": "wrong_credentials", "inactive": "account_inactive"}.get(error.reason, "account_unknown")
    return Problem("login-refused", say(name, language))


def begun(request: Request, user: User, how: str, status: int = 201) -> Response:
    """Begin a session of a user with a new id, end the one that the browser had, and return the answer with both."""
    state = service_of(request)
    if former := session_token(request):
        state.sessions.end(former)
    session, token = state.sessions.create(user.id)
    asking = of_user(user)
    note(request, asking, "session.begun", ("user", user.id), how=how)
    body = _told(asking, session).model_dump_json()
    headers = {"Location": "/v1/session"} if status == 201 else None
    response = Response(body, status, headers, "application/json")
    give_cookie(request, response, COOKIE, token, int(LONGEST.total_seconds()))
    return response


def give_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site sends with a change."""
    settings = request.app.state.settings
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=seconds,
        path="/",
        secure=not settings.insecure_cookies,
        httponly=True,
        samesite="lax",
    )


def forget_cookie(request: Request, response: Response, name: str) -> None:
    """Tell the browser to forget a cookie."""
    settings = request.app.state.settings
    secure = not settings.insecure_cookies
    response.delete_cookie(cookie_name(settings, name), path="/", secure=secure, httponly=True, samesite="lax")


def _told(asking: Principal, session: Session | None) -> WhoAsks:
    return WhoAsks.model_validate(
        {
            "kind": asking.kind,
            "id": asking.id,
            "role": asking.role,
            "organisation": asking.organisation or None,
            "scopes": sorted(asking.scopes),
            "csrf": session.csrf if session else None,
            "expires": session.expires if session else None,
        }
    )
