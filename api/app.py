"""The service: `create_app(settings)` gives an ASGI application around one store."""

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from api.access.identifying import Identifier
from api.access.rates import Rates
from api.documentation import document
from api.engine import Engine
from api.framing import Frame, Metrics
from api.pages.every import PAGES, STATIC
from api.pages.rendering import page_of_problem
from api.problems import explain
from api.routes import (
    audit,
    briefs,
    collaborations,
    contacts,
    decisions,
    duplicates,
    evaluations,
    exports,
    expressions,
    graph,
    health,
    imports,
    jobs,
    keys,
    model,
    oidc,
    organisations,
    session,
    signals,
    subjects,
    suggestions,
    transparency,
    users,
)
from api.settings import ServiceSettings
from api.state import open_state
from api.work.wanting import want

ROUTERS = tuple(
    resource.router
    for resource in (
        suggestions,
        organisations,
        subjects,
        briefs,
        expressions,
        collaborations,
        decisions,
        duplicates,
        contacts,
        graph,
        imports,
        exports,
        jobs,
        signals,
        model,
        transparency,
        evaluations,
        session,
        oidc,
        users,
        keys,
        audit,
        health,
    )
)
"""In the order of the documentation."""
SMALLEST_ZIPPED = 1_000
"""Answers of fewer bytes are not compressed."""


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: ServiceSettings,
    *,
    now: Callable[[], datetime] = _now,
    clock: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """Return the service on a store; its tables are made where there are none.

    `now` gives the time of what is stored and the day of suggestions; `clock` gives seconds for limits on rates.
    """
    metrics = Metrics()
    engine = Engine(settings.matcher, want_snapshot=lambda: want(state.jobs, "snapshot"), now=now)
    state = open_state(engine.store.engine, now=now)
    app = FastAPI(
        title="Entremise",
        version="1",
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Frame, settings=settings, metrics=metrics, page_of=page_of_problem),
            Middleware(GZipMiddleware, minimum_size=SMALLEST_ZIPPED),
        ],
        lifespan=_refreshing,
    )
    app.state.settings, app.state.engine, app.state.service = settings, engine, state
    app.state.metrics, app.state.rates, app.state.clock = metrics, Rates(), clock
    app.state.identifier = Identifier(state, settings.folder, clock)
    app.state.page_of = page_of_problem
    explain(app)
    for router in ROUTERS:
        app.include_router(router)
    for page in PAGES:
        app.include_router(page)
    app.mount("/static", STATIC, name="static")
    document(app)
    return app


@asynccontextmanager
async def _refreshing(app: FastAPI) -> AsyncIterator[None]:
    """Look for newer snapshots and models beside the answering of requests, and close the store at the end."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(app.state.settings.refresh_seconds):
            try:
                app.state.engine.refresh()
            except Exception as error:  # what fails once must not end the looking
                structlog.get_logger().error("refresh", error=type(error).__name__, problem=str(error))

    looking = threading.Thread(target=look, name="refresh", daemon=True)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()
        app.state.engine.close()
