"""Framing: what stands around every request: its id, limits on size, time and number, headers, the log, metrics."""

import asyncio
import re
import time
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import PageOf, Problem, language_for, told, wants_page
from api.settings import ServiceSettings
from api.words import say

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
UPLOADS = frozenset({"/v1/imports", "/imports"})
UPLOADS_OF_PAGES = frozenset({"/imports"})
"""Whose size is refused while it is read, by a page, and not before, by problem details that no person reads."""
_MULTIPART_BYTES = 100_000
"""What an upload has around its file."""
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""Of every answer that does not set its own."""
CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Metrics:
    """Counts and times of the service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "entremise_requests_total", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "entremise_request_seconds", "Seconds until a request is answered.", ["method", "route"],
            registry=self.registry,
        )  # fmt: skip
        self.running = Gauge("entremise_requests_running", "Requests being worked on.", registry=self.registry)


class Frame:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings, metrics: Metrics, page_of: PageOf) -> None:
        self._app = app
        self._page_of = page_of
        self._settings = settings
        self._metrics = metrics
        self._running = 0
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request within its limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        scope["request_id"] = given if _ID.fullmatch(given) else uuid4().hex
        answer = _Answer(send, scope["request_id"], self._page_of if wants_page(scope) else None)
        begun = time.perf_counter()
        self._running += 1
        self._metrics.running.set(self._running)
        try:
            await self._within_limits(scope, receive, answer)
        finally:
            self._running -= 1
            self._metrics.running.set(self._running)
            self._note(scope, answer.status, time.perf_counter() - begun)

    async def _within_limits(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        language = language_for(scope, self._settings.matcher.language)
        if self._running > self._settings.max_concurrent and not scope["path"].startswith("/health"):
            detail = say("overloaded", language, limit=self._settings.max_concurrent)
            await answer.refuse(Problem("overloaded", detail, headers={"Retry-After": "1"}), language)
            return
        limit, seconds = self._settings.max_body_bytes, self._settings.request_seconds
        if scope["path"] in UPLOADS:
            limit = self._settings.max_upload_bytes + _MULTIPART_BYTES
            seconds = self._settings.upload_seconds
        too_large = Problem("too-large", say("too_large", language, limit=limit))
        if _stated_length(scope) > limit and scope["path"] not in UPLOADS_OF_PAGES:
            await answer.refuse(too_large, language)
            return
        task = asyncio.ensure_future(self._app(scope, _counted(receive, limit), answer))
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            if (error := task.exception()) is not None:
                await self._fail(scope, answer, error, language)
            return
        task.add_done_callback(_heard)  # a thread cannot be stopped; what it still says is not sent
        await answer.refuse(Problem("too-slow", say("too_slow", language, seconds=seconds)), language)

    async def _fail(self, scope: Scope, answer: "_Answer", error: BaseException, language: str) -> None:
        """Answer what nobody expected: with the request's id, by which the log tells what it was."""
        request = scope["request_id"]
        self._log.error("failed", error=type(error).__name__, request=request, exc_info=error)
        await answer.refuse(Problem("internal-error", say("internal_error", language, request=request)), language)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Write a line and count: with the route as it is in the schema, so that no log names an organisation."""
        route = getattr(scope.get("route"), "path", "")
        method = scope["method"]
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        self._log.info(
            "request",
            request=scope["request_id"],
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )


class _Answer:
    """What is sent: with the headers of every answer, and nothing after the answer was refused."""

    def __init__(self, send: Send, request_id: str, page_of: PageOf | None) -> None:
        self._send = send
        self._page_of = page_of
        self._request_id = request_id
        self._is_over = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if self._is_over:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers["x-request-id"] = self._request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", CONTENT_POLICY)
        await self._send(message)

    async def refuse(self, problem: Problem, language: str) -> None:
        """Answer with a problem, where nothing was answered yet."""
        if self.status:
            self._is_over = True
            return
        answer = (self._page_of or told)(problem, language, self._request_id)
        await self({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await self({"type": "http.response.body", "body": answer.body})
        self._is_over = True


def _stated_length(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "0")
    return int(stated) if stated.isdigit() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    """Return a `receive` that refuses a body that is longer than the limit, whatever length it stated."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413, str(limit))
        return message

    return counted


def _heard(task: "asyncio.Future[None]") -> None:
    if not task.cancelled():
        task.exception()
