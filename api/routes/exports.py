"""Exports: a file of suggestions or of the graph, made by a job and kept for a week."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import check_seen, known_brief, ready_of
from api.bodies.examples import worked
from api.bodies.exports import ExportAsked
from api.bodies.jobs import JobId, JobPage, JobTold, PagedByState
from api.problems import Problem, documented, reader_of
from api.routes.jobs import OF_LIST, OF_NEW, OF_ONE, page_of, queued, seen, tell, told
from api.state.records import Job
from api.words import say
from api.work.keeping import Folders
from matcher.resolving import kind_codes

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["exports"])
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
}

_LINES = "asking,asking_name,rank,organisation,name,score\nneed-track-ears,Hear a track wear,1,mecavoie,MécaVoie,61.3\n"
_FILES: dict[str, Any] = {media: {} for media in MEDIA_TYPES.values()} | {"text/csv": {"example": _LINES}}


@router.post(
    "/exports",
    status_code=202,
    response_model=JobTold,
    responses=worked("export-queued", 202, "It is queued; Location tells where to look.")
    | OF_NEW
    | documented("not-found", "too-new", "not-ready"),
    summary="Export suggestions or the graph",
)
def export(request: Request, asking: Asking, asked: ExportAsked) -> Response:
    """Queue the writing of a file: who asks is checked at once, and answered by the job."""
    job = queued_export(request, asking, asked)
    return tell(request, told(request, job), 202, {"Location": f"/v1/exports/{job.id}"})


def queued_export(request: Request, asking: Principal, asked: ExportAsked) -> Job:
    """Queue an export; Problem or InputError where somebody who asks is unknown, or a filter is."""
    ready = ready_of(request)
    for id in asked.organisations:
        check_seen(request, ready, id, asking)
    for id in asked.briefs:
        known_brief(request, id)
    filters = asked.filters(ready.snapshot)
    arguments: dict[str, Any] = {
        "what": asked.what,
        "format": asked.format,
        "language": asked.language or reader_of(request),
        "limit": asked.limit,
        "asking": {
            "organisations": asked.organisations,
            "kinds": list(kind_codes(asked.organisations_of)),
            "briefs": asked.briefs,
        },
        "filters": {name: getattr(filters, name) for name in ("kinds", "countries", "abroad", "partners_too")}
        | {"exclusions": filters.exclusions},
        "settings": {**asked.settings().as_dict(), "cap": asked.cap},
    }
    return queued(request, asking, "export", arguments)


def has_file(request: Request, job: Job) -> bool:
    """Return whether the file of an export is there: it is written, and has not been taken away since."""
    return job.state == "done" and (path := _path(request, job)) is not None and path.is_file()


def _path(request: Request, job: Job) -> Path | None:
    format_ = job.arguments.get("format", "")
    return Folders(request.app.state.settings.folder).export(job.id, format_) if format_ else None


@router.get(
    "/exports", response_model=JobPage, responses=worked("exports") | OF_LIST, summary="List exports, newest first"
)
def exports(request: Request, asking: Asking, asked: Annotated[PagedByState, Query()]) -> Response:
    """Return the exports; their files are kept for seven days."""
    return tell(request, page_of(request, asking, asked, "export"))


@router.get("/exports/{id}", response_model=JobTold, responses=worked("export") | OF_ONE, summary="How is an export?")
def one_export(request: Request, asking: Asking, id: JobId) -> Response:
    """Return an export: how far it is, and how much its file holds."""
    return tell(request, told(request, seen(request, asking, id, "export")))


@router.get(
    "/exports/{id}/file",
    response_class=FileResponse,
    responses=OF_ONE | {200: {"description": "The file.", "content": _FILES}},
    summary="Download the file of an export",
)
def file(request: Request, asking: Asking, id: JobId) -> Response:
    """Return the file; no cell of it runs as a formula. It is gone after seven days, and after an erasure."""
    job = seen(request, asking, id, "export")
    path = _path(request, job)
    if path is None or not has_file(request, job):
        raise Problem("not-found", say("no_export_file", reader_of(request), id=id))
    format_ = job.arguments["format"]
    name = f"entremise-{job.arguments['what']}-{job.created:%Y-%m-%d}.{format_}"
    return FileResponse(path, media_type=MEDIA_TYPES[format_], filename=name)
