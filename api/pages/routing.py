"""Routing: a page is guarded like any endpoint; what is wrong is told as a page, and who is unknown may log in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api.access.guarding import guard
from api.access.identifying import CSRF_HEADER, SAFE_METHODS, TOLD_BY_FORM, check_csrf, session_token
from api.pages.keeping import kept
from api.pages.rendering import show, show_problem
from api.pages.senders import is_of_another_site
from api.problems import KNOWN, Problem, problem_of
from api.words import LANGUAGE_COOKIE, LANGUAGES

LOGIN = "/login"


class PageRoute(APIRoute):
    """A route whose answer a person reads, and whose changes are sent by forms."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with what comes before it, and with errors as pages."""
        answer = super().get_route_handler()

        async def shown(request: Request) -> Response:
            chosen = request.cookies.get(LANGUAGE_COOKIE, "")
            request.state.language = chosen if chosen in LANGUAGES else None
            request.scope[TOLD_BY_FORM] = True
            try:
                await guard(request)
                if request.method not in SAFE_METHODS:
                    await _check_form(request)
                return await answer(request)
            except KNOWN as error:
                return await _told(request, problem_of(request, error))
            finally:
                await request.close()  # files of a form that no endpoint was given

        return shown


async def _check_form(request: Request) -> None:
    """Read the form, after it is known who asks, and check that it comes from a page of the session."""
    if request.state.principal.kind == "user":
        session = request.app.state.service.sessions.verify(session_token(request))
        given = request.headers.get(CSRF_HEADER) or (await request.form()).get("csrf", "")
        check_csrf(request, session, str(given))


async def _told(request: Request, problem: Problem) -> Response:
    is_login = request.url.path == LOGIN
    if request.method == "GET" and problem.code == "unauthorised" and not is_login:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(asked, safe='')}", 303)
    if request.method == "POST" and problem.code in ("unauthorised", "csrf") and not is_login:
        return await _kept(request, problem)
    return show_problem(request, problem)


async def _kept(request: Request, problem: Problem) -> Response:
    """Ask to log in, or to send it again, with all that was typed; never with what another site sent."""
    if is_of_another_site(request):
        return show_problem(request, problem)
    again = kept(request.url.path, await request.form())
    if problem.code == "csrf":
        return show(request, "again", status=problem.status, again=again)
    text = again.as_text()
    return show(request, "login", status=problem.status, next=again.path, email="", problem=None, again=text)
