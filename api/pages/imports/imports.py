"""Imports: a table is uploaded, looked at before anything is stored, stored, and undone."""

import os
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.bodies.jobs import Cursor, JobId, PagedByState
from api.pages.imports import looking
from api.pages.imports.mapping import chosen_defaults, chosen_tables, tables_of
from api.pages.imports.samples import FORMATS, sample, shown_sample
from api.pages.jobs import following, running
from api.pages.rendering import show
from api.pages.reporting import reworded
from api.pages.routing import PageRoute
from api.problems import Problem, problem_of, reader_of
from api.routes.imports import can_be_undone, folders_of, queued_undo, queued_upload
from api.routes.jobs import page_of, queued, seen, state_of, told
from api.state.jobs import FINISHED, JobFilter
from api.state.records import Job, JobState
from api.words import say
from api.work.keeping import read_json
from matcher.errors import InputError

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LOOK: dict[str, Any] = {"mapping": {}, "defaults": {}, "importer": None, "kind": None, "dry_run": True, "strict": False}
"""With what an upload is looked at first: everything is told from the file."""
_SHORT_LIST = 20
_RUNNING: tuple[JobState, ...] = ("running", "queued")


@router.get("/imports")
def imports(request: Request, asking: Asking, cursor: Cursor | None = None, said: str = "") -> Response:
    """Show the form to upload a table, and what was imported before."""
    return _listed(request, asking, cursor=cursor, said=said)


@router.post("/imports")
def upload(request: Request, asking: Asking, file: UploadFile | None = None) -> Response:
    """Keep a file and look at it; nothing is stored yet."""
    try:
        if file is None or not file.filename:
            raise InputError(say("no_file_chosen", reader_of(request)))
        job = queued_upload(request, asking, file, {**LOOK, "in_steps": True})
    except (InputError, Problem) as error:
        problem = problem_of(request, error)
        return _listed(request, asking, problem=Problem(problem.code, reworded(problem.detail, reader_of(request))))
    return RedirectResponse(f"/imports/{job.id}", 303)


@router.get("/imports/sample/{format}")
def sample_table(request: Request, format: str) -> Response:
    """Return a small table as an example."""
    if format not in FORMATS:
        raise Problem("not-found", say("no_sample", reader_of(request), formats=", ".join(FORMATS)))
    return sample(request, format)


@router.get("/imports/{id}")
def one_import(
    request: Request,
    asking: Asking,
    id: JobId,
    said: str = "",
    columns: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Show an import where it stands: under way, looked at, or at its end."""
    job = seen(request, asking, id, "import")
    if job.state not in FINISHED:
        return running(request, job)
    if looking.is_open(request, job):
        return looking.look(request, job, said, columns)
    found = read_json(folders_of(request).rows(job.id)) or {}
    return show(
        request,
        "import_done",
        job=told(request, job),
        asked=dict(job.arguments),
        can_be_undone=can_be_undone(request, job),
        is_kept=folders_of(request).is_kept(job.arguments.get("upload", "")),
        following=following(request, asking),
        **looking.report(request, job, found),
    )


async def _form_of(request: Request) -> dict[str, Any]:
    return dict(await request.form())


@router.post("/imports/{id}")
def go_on(request: Request, asking: Asking, id: JobId, form: Annotated[dict[str, Any], Depends(_form_of)]) -> Response:
    """Look again with other columns, or store what was looked at."""
    return _next(request, asking, seen(request, asking, id, "import"), form)


@router.post("/imports/{id}/leave")
def leave(request: Request, asking: Asking, id: JobId) -> Response:
    """Take the uploaded file away without storing anything of it."""
    looking.forget_upload(request, seen(request, asking, id, "import"))
    return RedirectResponse("/imports?said=left", 303)


@router.get("/imports/{id}/rows")
def rows(request: Request, asking: Asking, id: JobId, start: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Response:
    """Show what was wrong in the rows, some hundred at a time."""
    job = seen(request, asking, id, "import")
    found = read_json(folders_of(request).rows(job.id)) or {}
    values = looking.problems_of(request, job, found, start, looking.PER_PAGE)
    return show(request, "import_rows", asked=dict(job.arguments), id=job.id, start=start, **values)


@router.get("/imports/{id}/undo")
def ask_undo(request: Request, asking: Asking, id: JobId) -> Response:
    """Say what undoing an import does, and ask."""
    job = seen(request, asking, id, "import")
    if not can_be_undone(request, job):
        raise Problem("conflict", say("not_undoable", reader_of(request)))
    return show(request, "import_undo", job=told(request, job), asked=dict(job.arguments))


@router.post("/imports/{id}/undo")
def undo(request: Request, asking: Asking, id: JobId) -> Response:
    """Undo an import."""
    return RedirectResponse(f"/jobs/{queued_undo(request, asking, id).id}", 303)


def _listed(
    request: Request, asking: Principal, *, cursor: str | None = None, said: str = "", problem: Problem | None = None
) -> Response:
    page = page_of(request, asking, PagedByState(cursor=cursor, limit=_SHORT_LIST), "import", _line)
    lines, uploads = [], set()
    for one in page["items"]:  # the newest first: what was looked at twice is shown once
        if one["is_shown"] and not (one["upload"] and one["upload"] in uploads):
            lines.append(one)
        uploads.add(one["upload"])
    return show(
        request,
        "imports",
        status=problem.status if problem else 200,
        problem=problem,
        lines=lines,
        next=page["next"],
        said=said,
        sample=shown_sample(request),
        most_bytes=request.app.state.settings.max_upload_bytes,
        most_rows=request.app.state.settings.matcher.max_rows,
    )


def _line(request: Request, job: Job) -> dict[str, Any]:
    """Return an import as the list shows it; one that was only looked at while that can go on."""
    asked = job.arguments
    is_open = looking.is_open(request, job)
    is_tried = bool(asked.get("dry_run")) and job.state in FINISHED and not is_open
    return {
        **told(request, job),
        "created": job.created,
        "name": asked.get("name", ""),
        "upload": asked.get("upload", ""),
        "is_open": is_open,
        "is_shown": not is_tried or not asked.get("in_steps"),
        "dry_run": bool(asked.get("dry_run")),
        "can_be_undone": can_be_undone(request, job),
    }


def _next(request: Request, asking: Principal, job: Job, form: dict[str, Any]) -> Response:
    """Queue the next step; what was changed is looked at before it is stored."""
    if not looking.is_open(request, job):
        return RedirectResponse(f"/imports/{job.id}", 303)
    asked, tables = dict(job.arguments), tables_of(request, job)
    chosen = chosen_tables(form, tables, asked.get("tables", {}))
    defaults = chosen_defaults(form, tables)
    is_same = (chosen, defaults) == (asked.get("tables", {}), asked["defaults"]) and job.state == "done"
    stores = form.get("act") == "store" and is_same
    if stores and (begun := _storing(request, asked["upload"])):
        return RedirectResponse(f"/imports/{begun.id}", 303)
    found = read_json(folders_of(request).rows(job.id)) or {}
    following = {
        **asked,
        "tables": chosen,
        "defaults": defaults,
        "dry_run": not stores,
        "expected": found.get("counts", {}).get("rows", 0),
        "look": job.id if stores else "",
    }
    os.utime(folders_of(request).of_upload(asked["upload"]))  # it is kept for some hours from now
    added = queued(request, asking, "import", following)
    told = "?said=changed" if form.get("act") == "store" and not stores else ""
    return RedirectResponse(f"/imports/{added.id}{told}", 303)


def _storing(request: Request, upload: str) -> Job | None:
    """Return the job that stores an upload already: a button that is pressed twice imports once."""
    jobs = state_of(request).jobs
    found = [one for state in _RUNNING for one in jobs.page(JobFilter(state=state, kind="import")).items]
    same = (one for one in found if one.arguments.get("upload") == upload and not one.arguments.get("dry_run"))
    return next(same, None)
