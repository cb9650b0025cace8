"""Login: by e-mail address and password; and the language, which everybody chooses."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.identifying import session_token
from api.pages.rendering import LANGUAGE_COOKIE, show
from api.pages.routing import LOGIN, PageRoute
from api.problems import Problem
from api.routes.session import COOKIE, begun, checked, forget_cookie
from api.words import LANGUAGES

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_YEAR = 365 * 24 * 3_600
Path = Annotated[str, Query(max_length=2_000)]


@router.get(LOGIN)
def ask(request: Request, asking: Asking, next: Path = "/") -> Response:
    """Show the form to log in with."""
    return show(request, "login", next=_own(next), email="", problem=None)


@router.post(LOGIN)
def log_in(
    request: Request,
    asking: Asking,
    email: Annotated[str, Form(max_length=400)],
    password: Annotated[str, Form(max_length=400)],
    next: Annotated[str, Form(max_length=2_000)] = "/",
) -> Response:
    """Begin a session and go on where it was asked for."""
    if _is_of_another_site(request):
        return show(request, "login", status=403, next=_own(next), email=email, problem=None)
    try:
        user = checked(request, email, password)
    except Problem as problem:
        return show(request, "login", status=problem.status, next=_own(next), email=email, problem=problem)
    made = begun(request, user, "password")
    response = RedirectResponse(_own(next), 303)
    response.headers["set-cookie"] = made.headers["set-cookie"]
    return response


@router.post("/logout")
def log_out(request: Request, asking: Asking) -> Response:
    """End the session."""
    request.app.state.service.sessions.end(session_token(request))
    response = RedirectResponse("/", 303)
    forget_cookie(request, response, COOKIE)
    return response


@router.get("/language/{language}")
def choose(request: Request, asking: Asking, language: str, next: Path = "/") -> Response:
    """Keep the language that was chosen, and go back."""
    response = RedirectResponse(_own(next), 303)
    if language in LANGUAGES:
        secure = not request.app.state.settings.insecure_cookies
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")
    return response


def _own(next: str) -> str:
    """Return a path of this service, so that no link leads elsewhere."""
    parts = urlsplit(next)
    is_own = next.startswith("/") and not next.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return next if is_own else "/"


def _is_of_another_site(request: Request) -> bool:
    """Return whether a page of another site sent a form: logging somebody in as somebody else is an attack, too."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    return site not in ("same-origin", "none") or (
        origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host")
    )
