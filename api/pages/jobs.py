"""Jobs: how far what was asked for is, stopping it, and what came of it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.jobs import JobId
from api.pages.rendering import show
from api.pages.reporting import reworded
from api.pages.routing import PageRoute
from api.problems import reader_of
from api.routes.exports import has_file
from api.routes.jobs import cancelled, seen, state_of, told
from api.state.jobs import FINISHED, JobFilter
from api.state.records import Job

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FORMATS = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "graphml": "GraphML", "gexf": "GEXF"}
"""Names that are the same in every language."""


@router.get("/jobs/{id}")
def one_job(request: Request, asking: Asking, id: JobId) -> Response:
    """Show how far a job is, or what came of it; an import has a page of its own."""
    found = seen(request, asking, id)
    if found.kind == "import":
        return RedirectResponse(f"/imports/{found.id}", 303)
    if found.state not in FINISHED:
        return running(request, found)
    return show(
        request,
        "job",
        job=told(request, found),
        asked=dict(found.arguments),
        has_file=has_file(request, found) if found.kind == "export" else False,
        following=following(request, asking),
        trouble_told=trouble_of(request, found),
        names=FORMATS,
    )


@router.post("/jobs/{id}/cancel")
def cancel(request: Request, asking: Asking, id: JobId) -> Response:
    """Stop a job, and show it."""
    found = cancelled(request, asking, id)
    return RedirectResponse(f"/jobs/{found.id}", 303)


def running(request: Request, job: Job) -> Response:
    """Show how far a job is that has not ended."""
    return show(request, "job_running", job=told(request, job), asked=dict(job.arguments))


def trouble_of(request: Request, job: Job) -> str:
    """Return why a job failed, in words for who sees pages; empty where it did not."""
    return reworded(told(request, job)["problem"] or "", reader_of(request))


def following(request: Request, asking: Principal) -> dict[str, Any] | None:
    """Return how far the snapshot is that suggestions wait for; None where nothing is waited for."""
    if not asking.sees_everything or not engine_of(request).is_behind():
        return None
    for state in ("running", "queued"):
        found = state_of(request).jobs.page(JobFilter(state=state, kind="snapshot"), limit=1).items
        if found:
            return told(request, found[0])
    return None
