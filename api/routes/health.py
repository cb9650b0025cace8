"""Health, metrics, and what each type of problem means."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict

from api.access.routing import GuardedRoute
from api.asking import engine_of, ready_of
from api.bodies.examples import worked
from api.problems import Problem, documented, reader_of
from api.words import load, say

router = APIRouter(route_class=GuardedRoute, tags=["health"])


EXAMPLE = 'entremise_requests_total{method="GET",route="/v1/organisations/{id}",status="200"} 17.0\n'
_TEXT = {"schema": {"type": "string"}, "example": EXAMPLE}


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Serving(BaseModel):
    """What answers now."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    status: Literal["ready"] = "ready"
    snapshot: str
    """Name of the snapshot that answers."""
    model: str
    """Name of the model that ranks."""
    organisations: int
    """How many organisations the snapshot holds."""
    behind: bool
    """Whether the store has changed since; a new snapshot is then being taken."""


class Explained(BaseModel):
    """What a type of problem means."""

    type: str
    title: str
    status: int


@router.get("/health/live", responses=worked("live"), summary="Does the process answer?")
def live() -> Live:
    """Say that the process answers; nothing is looked at."""
    return Live()


@router.get("/health/ready", responses=worked("ready") | documented("not-ready"), summary="Can suggestions be made?")
def ready(request: Request) -> Serving:
    """Say what answers now; 503 while there is no snapshot."""
    now, engine = ready_of(request), engine_of(request)
    return Serving(
        snapshot=now.snapshot.name,
        model=now.model.name,
        organisations=len(now.snapshot.organisations.ids),
        behind=engine.is_behind(),
    )


@router.get(
    "/metrics",
    responses={200: {"description": "In the text format.", "content": {"text/plain": _TEXT}}},
    summary="Counts and times, for Prometheus",
    response_class=Response,
)
def metrics(request: Request) -> Response:
    """Return counts and times of this process in the text format of Prometheus."""
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/problems/{code}",
    responses=worked("problem-type") | documented("not-found"),
    summary="What does a type of problem mean?",
)
def problem(request: Request, code: str) -> Explained:
    """Return the title and status of a type of problem."""
    known: dict[str, Any] | None = load("problems").get(code)
    if known is None:
        raise Problem("not-found", say("not_found", reader_of(request)))
    return Explained(type=f"/problems/{code}", title=known[reader_of(request)], status=known["status"])
