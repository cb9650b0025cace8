"""Routing: a page is guarded like any endpoint; what is wrong is told as a page, and who is unknown may log in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.access.guarding import guard
from api.access.identifying import SAFE_METHODS
from api.pages.rendering import LANGUAGE_COOKIE, show_problem
from api.problems import Problem, problem_of
from api.state import Refused
from api.words import LANGUAGES
from matcher.errors import MatcherError

LOGIN = "/login"
_KNOWN = (Problem, MatcherError, Refused, RequestValidationError, HTTPException)


class PageRoute(APIRoute):
    """A route whose answer a person reads."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with what comes before it, and with errors as pages."""
        answer = super().get_route_handler()

        async def shown(request: Request) -> Response:
            chosen = request.cookies.get(LANGUAGE_COOKIE, "")
            request.state.language = chosen if chosen in LANGUAGES else None
            try:
                if request.method not in SAFE_METHODS:
                    request.scope["csrf"] = str((await request.form()).get("csrf", ""))
                await guard(request)
                return await answer(request)
            except _KNOWN as error:
                return _told(request, problem_of(request, error))

        return shown


def _told(request: Request, problem: Problem) -> Response:
    if problem.code == "unauthorised" and request.method == "GET" and request.url.path != LOGIN:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(asked, safe='')}", 303)
    return show_problem(request, problem)
