"""Login: by e-mail address and password; and the language, which everybody chooses."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.identifying import COOKIE, session_token
from api.access.noting import note, service_of
from api.pages.keeping import MOST_CHARS, read_kept
from api.pages.rendering import show
from api.pages.routing import LOGIN, PageRoute
from api.pages.senders import is_of_another_site, own_path
from api.problems import Problem, reader_of
from api.routes.session import begun, checked, forget_cookie
from api.state import User
from api.words import LANGUAGE_COOKIE, LANGUAGES, say

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_YEAR = 365 * 24 * 3_600
Path = Annotated[str, Query(max_length=2_000)]


@router.get(LOGIN)
def ask(request: Request, asking: Asking, next: Path = "/") -> Response:
    """Show the form to log in with."""
    return show(request, "login", next=own_path(next), email="", problem=None, again="")


@router.post(LOGIN)
def log_in(
    request: Request,
    email: Annotated[str, Form(max_length=400)],
    password: Annotated[str, Form(max_length=400)],
    next: Annotated[str, Form(max_length=2_000)] = "/",
    again: Annotated[str, Form(max_length=MOST_CHARS)] = "",
) -> Response:
    """Begin a session and go on where it was asked for, with what was typed before."""
    if is_of_another_site(request):
        raise Problem("csrf", say("other_origin", reader_of(request)))
    try:
        user = checked(request, email, password)
    except Problem as problem:
        values = {"next": own_path(next), "email": email, "problem": problem, "again": again}
        return show(request, "login", status=problem.status, **values)
    return begin(request, user, next, again)


@router.post("/logout")
def log_out(request: Request, asking: Asking) -> Response:
    """End the session."""
    service_of(request).sessions.end(session_token(request))
    note(request, asking, "session.ended", ("user", asking.id))
    response = RedirectResponse("/", 303)
    forget_cookie(request, response, COOKIE)
    return response


@router.get("/language/{language}")
def choose(request: Request, asking: Asking, language: str, next: Path = "/") -> Response:
    """Keep the language that was chosen, and go back."""
    response = RedirectResponse(own_path(next), 303)
    if language in LANGUAGES:
        secure = not request.app.state.settings.insecure_cookies
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")
    return response


def begin(request: Request, user: User, next: str, again: str = "") -> Response:
    """Begin a session, and go where somebody wanted to go, or show what was typed to be sent again."""
    made = begun(request, user, "password")
    if kept := read_kept(again):
        session = service_of(request).sessions.verify(_token_of(made))
        response = show(request, "again", again=kept, csrf=session.csrf)
    else:
        response = RedirectResponse(own_path(next), 303)
    response.headers["set-cookie"] = made.headers["set-cookie"]
    return response


def _token_of(made: Response) -> str:
    """Return the token in the cookie of an answer that begins a session."""
    return made.headers["set-cookie"].partition("=")[2].partition(";")[0]
