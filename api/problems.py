"""Problems: every error of the service as RFC 9457 problem details, with a type that stays the same."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import Scope

from api.state.records import Refused
from api.words import LANGUAGE_COOKIE, LANGUAGES, language_of, load, say
from matcher.errors import (
    ConflictError,
    EncoderError,
    InputError,
    MatcherError,
    ModelError,
    NotFoundError,
    SnapshotError,
    StoreError,
)

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50
"""So many faults of one request are listed."""
PageOf = Callable[["Problem", str, str], Response]
"""From a problem, a language and the id of a request to a page."""
_OF_PROGRAMS = ("/v1/", "/health/", "/metrics")
"""How paths begin whose answers programs read, whatever they accept."""
_OF_STATUS = {401: "unauthorised", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
_OF_ERROR: Sequence[tuple[type[MatcherError], str]] = (
    (InputError, "invalid-request"),
    (NotFoundError, "not-found"),
    (ConflictError, "precondition-failed"),
    (StoreError, "store-unavailable"),
    (EncoderError, "engine-unavailable"),
    (ModelError, "engine-unavailable"),
    (SnapshotError, "not-ready"),
)
_INSIDE = frozenset({"store-unavailable", "engine-unavailable", "not-ready"})


class Problem(Exception):  # noqa: N818  # the standard's word for it
    """An answer that is an error: a code of `problems.json`, what is wrong and what to do, and further members."""

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    @property
    def status(self) -> int:
        """The status that it is answered with."""
        return int(load("problems")[self.code]["status"])

    def document(self, language: str, request_id: str = "") -> dict[str, Any]:
        """Return the problem details; title in `language` (en, fr)."""
        known = load("problems")[self.code]
        return {
            "type": f"/problems/{self.code}",
            "title": known[language],
            "status": known["status"],
            "detail": self.detail,
            **({"request": request_id} if request_id else {}),
            **self.members,
        }


def reader_of(request: Request) -> str:
    """Return the language (en, fr) in which whoever asks reads: the one that was chosen on a page, else asked for."""
    if chosen := getattr(request.state, "language", None):
        return str(chosen)
    return language_for(request.scope, request.app.state.settings.matcher.language)


def language_for(scope: Scope, otherwise: str) -> str:
    """Return the language of what is answered before a route is found: pages know one that was chosen."""
    asking = HTTPConnection(scope)
    chosen = asking.cookies.get(LANGUAGE_COOKIE, "") if wants_page(scope) else ""
    return chosen if chosen in LANGUAGES else language_of(asking.headers.get("accept-language", ""), otherwise)


def wants_page(scope: Scope) -> bool:
    """Return whether a person reads what is answered: it is asked for as HTML, and not of the API."""
    return not scope["path"].startswith(_OF_PROGRAMS) and "text/html" in Headers(scope=scope).get("accept", "")


def respond(request: Request, problem: Problem) -> Response:
    """Return a problem as the response to a request; as a page where a person reads it."""
    answer: PageOf = request.app.state.page_of if wants_page(request.scope) else told
    return answer(problem, reader_of(request), request.scope.get("request_id", ""))


def told(problem: Problem, language: str, request_id: str) -> Response:
    """Return a problem as JSON in a language."""
    document = problem.document(language, request_id)
    headers = {"Content-Language": language, **problem.headers}
    return Response(json.dumps(document, ensure_ascii=False), problem.status, headers, MEDIA_TYPE)


KNOWN = (Problem, MatcherError, Refused, RequestValidationError, HTTPException)
"""Errors that are told to whoever asks; every other is the program's own."""


def explain(app: FastAPI) -> None:
    """Answer the errors that are known with problem details; the frame answers those that are not."""
    for kind in KNOWN:
        app.add_exception_handler(kind, _on_error)


async def _on_error(request: Request, error: Exception) -> Response:
    return respond(request, problem_of(request, error))


def problem_of(request: Request, error: Exception) -> Problem:
    """Return the problem that an error among KNOWN is to whoever asks."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, MatcherError):
        return _of_matcher_error(request, error)
    if isinstance(error, Refused):
        return _of_refusal(request, error)
    if isinstance(error, RequestValidationError):
        return _of_faults(request, error)
    assert isinstance(error, HTTPException)  # noqa: S101  # there is no further kind
    return _of_http(request, error)


def _of_matcher_error(request: Request, error: MatcherError) -> Problem:
    code = next((code for kind, code in _OF_ERROR if isinstance(error, kind)), "internal-error")
    headers = {"Retry-After": "5"} if code in {"store-unavailable", "not-ready"} else None
    if code == "store-unavailable":  # its message names the file or the server
        structlog.get_logger().error("store", error=type(error.__cause__).__name__)
        return Problem(code, say("store_unavailable", reader_of(request)), headers=headers)
    return Problem(code, str(error), headers=headers)


def _of_refusal(request: Request, error: Refused) -> Problem:
    code = {"locked": "locked", "taken": "already-exists"}.get(error.reason, "login-refused")
    headers = {}
    if error.until is not None:
        seconds = max(1, ceil((error.until - request.app.state.engine.now()).total_seconds()))
        headers = {"Retry-After": str(seconds)}
    return Problem(code, say(f"refused_{error.reason}", reader_of(request)), headers=headers)


def _of_faults(request: Request, error: RequestValidationError) -> Problem:
    faults = error.errors()
    language = reader_of(request)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem("malformed-body", say("malformed_body", language))
    told = [{"pointer": _pointer(one["loc"]), "message": _told(one, language)} for one in faults[:MOST_ERRORS]]
    detail = say("invalid_request", language, pointer=told[0]["pointer"], message=told[0]["message"])
    return Problem("invalid-request", detail, errors=told)


def _of_http(request: Request, error: HTTPException) -> Problem:
    code = _OF_STATUS.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal-error")
    headers = error.headers
    if error.status_code == 400:
        code = "malformed-body"
    if error.status_code == 405:
        headers = {"Allow": ", ".join(_methods_at(request))}
    return Problem(code, _said_of(error, code, request), headers=headers)


def _methods_at(request: Request) -> list[str]:
    """Return every method that an address takes: Starlette tells those of the first route alone."""
    found: set[str] = set()
    for one in iter_route_contexts(request.app.routes):
        route = one.original_route
        if isinstance(route, Route) and route.path_regex.match(request.url.path):
            found |= route.methods or set()
    return sorted(found)


def _said_of(error: HTTPException, code: str, request: Request) -> str:
    language = reader_of(request)
    if code == "too-large":
        return say("too_large", language, limit=int(error.detail))
    if code == "malformed-body" and request.headers.get("content-type", "").lower().startswith("multipart/"):
        return say("malformed_form", language)
    name = {"forbidden": "not_yours", "invalid-request": "invalid_request_plain"}.get(code, code.replace("-", "_"))
    return say(name, language, request="")


def _told(fault: Mapping[str, Any], language: str) -> str:
    """Return what is wrong with a value, in French where the catalogue knows the type, else in pydantic's words."""
    known, values = load("faults"), dict(fault.get("ctx", {}))
    if "expected" in values:
        values["expected"] = str(values["expected"]).replace(" or ", " ou ")
    own = known["own"].get(fault["type"], {}).get(language)
    text = own or (known["of_pydantic"].get(fault["type"]) if language == "fr" else None)
    return str(fault["msg"]) if text is None else str(text).format(**values)


def _pointer(place: Sequence[str | int]) -> str:
    """Return where a fault is: `query/limit`, or for a body a JSON pointer (RFC 6901) after `body`."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place]
    return "/".join(parts)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of problems by their status, each with a worked example."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        problem = Problem(code, load("examples")["problems"].get(code, "…"))
        entry = found.setdefault(
            problem.status,
            {"description": load("problems")[code]["en"], "content": {MEDIA_TYPE: {"schema": SCHEMA, "examples": {}}}},
        )
        entry["content"][MEDIA_TYPE]["examples"][code] = {"value": problem.document("en", "01JD…")}
    return found


SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details. `type` stays the same; `title` and mostly `detail` are in the reader's "
    f"language ({', '.join(LANGUAGES)}).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request": {"type": "string", "description": "Id of the request, as in the header X-Request-ID and the logs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
