"""Routing: the class of every route; it asks who is there first, and does what carries an Idempotency-Key once."""

import re
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.access.guarding import address_of, guard
from api.framing import UPLOADS
from api.problems import Problem, reader_of
from api.state.idempotency import Asked, Mismatch, Replay, Running
from api.state.tokens import same_ids
from api.words import say
from matcher.errors import StoreError

HEADER = "idempotency-key"
KEPT_HEADERS = ("content-type", "content-language", "etag", "location", "x-snapshot", "x-model")
"""Headers of an answer that a repetition gets again."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route that only who may call it reaches, and whose POST is done once for each Idempotency-Key."""

    def get_route_handler(self) -> Handler:
        """Return the handler with what comes before it."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await guard(request)
            if request.method != "POST" or HEADER not in request.headers:
                return await answer(request)
            return await _once(request, answer)

        return guarded


async def _once(request: Request, answer: Handler) -> Response:
    """Do a request, or give the answer again that the same one had; errors are not kept, they may be tried again."""
    key, language = request.headers[HEADER], reader_of(request)
    if not _KEY.fullmatch(key):
        raise Problem("invalid-request", say("bad_idempotency_key", language))
    kept = request.app.state.service.idempotency
    # A file is not read twice, and its parts are set apart by other marks each time it is sent: its key must do.
    content = b"" if request.url.path in UPLOADS else await request.body()
    asked = Asked(
        key=key,
        actor=request.state.principal.id or address_of(request),
        route=f"{request.method} {request.url.path}",
        fingerprint=sha256(str(request.query_params).encode() + b"\0" + content).hexdigest(),
    )
    begun = await run_in_threadpool(kept.begin, asked)
    if isinstance(begun, Replay):
        headers = {**dict(begun.headers), "Idempotent-Replayed": "true"}
        return Response(begun.body, begun.status, headers)
    if isinstance(begun, Mismatch):
        raise Problem("key-reused", say("key_reused", language))
    if isinstance(begun, Running):
        raise Problem("request-running", say("request_running", language), headers={"Retry-After": "1"})
    request.state.again = begun.again
    try:
        with same_ids(begun.seed):
            response = await answer(request)
    except StoreError:  # part of it may be done
        await run_in_threadpool(kept.lose, asked)
        raise
    except BaseException:
        await run_in_threadpool(kept.abandon, asked)
        raise
    if response.status_code >= 400:
        await run_in_threadpool(kept.abandon, asked)
        return response
    told = tuple((name, response.headers[name]) for name in KEPT_HEADERS if name in response.headers)
    await run_in_threadpool(kept.finish, asked, Replay(response.status_code, told, bytes(response.body)))
    return response
