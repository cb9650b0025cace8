"""Exports: files of suggestions or of the network, asked for, followed and downloaded."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.bodies.exports import GRAPHS, TABLES, ExportAsked
from api.bodies.jobs import Cursor, JobId, PagedByState
from api.pages.filling import filled
from api.pages.imports.mapping import organisation_kinds
from api.pages.jobs import FORMATS
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of
from api.routes import exports
from api.routes.jobs import page_of, told
from api.state.records import Job
from matcher.matching import MOST_SUGGESTIONS

router = APIRouter(route_class=PageRoute, include_in_schema=False)
USUAL = {"for": "", "limit": "10", "format": "xlsx"}
_SHORT_LIST = 20
Short = Annotated[str, Form(max_length=100)]


@router.get("/exports")
def listed(request: Request, asking: Asking, cursor: Cursor | None = None) -> Response:
    """Show what can be exported, and what was."""
    return _listed(request, asking, USUAL, cursor=cursor)


@router.post("/exports")
def export(
    request: Request,
    asking: Asking,
    what: Short = "",
    format: Short = "",
    kind: Annotated[str, Form(alias="for", max_length=100)] = "",
    limit: Short = USUAL["limit"],
) -> Response:
    """Ask for an export, and follow it."""
    given: dict[str, Any] = {"what": what, "format": format}
    if what == "suggestions":
        given |= {"organisations_of": [kind] if kind else [], "limit": int(limit) if limit.isdecimal() else limit}
    try:
        job = exports.queued_export(request, asking, filled(ExportAsked, given))
    except KNOWN as error:
        typed = {"for": kind, "limit": limit, "format": format}
        return _listed(request, asking, typed, problem=problem_of(request, error))
    return RedirectResponse(f"/jobs/{job.id}", 303)


@router.get("/exports/{id}/file")
def file(request: Request, asking: Asking, id: JobId) -> Response:
    """Download the file of an export."""
    return exports.file(request, asking, id)


def _listed(
    request: Request,
    asking: Principal,
    given: dict[str, str],
    *,
    cursor: str | None = None,
    problem: Problem | None = None,
) -> Response:
    page = page_of(request, asking, PagedByState(cursor=cursor, limit=_SHORT_LIST), "export", _line)
    return show(
        request,
        "exports",
        status=problem.status if problem else 200,
        problem=problem,
        given=given,
        names=FORMATS,
        lines=page["items"],
        next=page["next"],
        kinds=organisation_kinds(request),
        tables=[(code, FORMATS[code]) for code in ("xlsx", *(code for code in TABLES if code != "xlsx"))],
        graphs=[(code, FORMATS[code]) for code in GRAPHS],
        most=MOST_SUGGESTIONS,
    )


def _line(request: Request, job: Job) -> dict[str, Any]:
    asked = job.arguments
    return {
        **told(request, job),
        "created": job.created,
        "what": asked.get("what", ""),
        "format": asked.get("format", ""),
        "has_file": exports.has_file(request, job),
    }
