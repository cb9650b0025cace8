"""Backups on a page: made beside the answering of requests, downloaded by administrators, gone after a day."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.asking import engine_of
from api.bodies.jobs import JobId
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of, reader_of
from api.routes.jobs import queued, seen, told
from api.state.jobs import JobFilter
from api.words import say
from api.work.keeping import BACKUPS_KEPT, Folders

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/admin/backups")
_LISTED = 10


@dataclass(frozen=True)
class Made:
    """A backup that was asked for."""

    job: dict[str, Any]
    created: Any
    bytes: int | None
    """Of the file; None where it is not there, or not any more."""


@router.get("")
def backups(request: Request, asking: Asking) -> Response:
    """List the backups, and say how one is made and put back."""
    return _shown(request)


@router.post("")
def back_up(request: Request, asking: Asking) -> Response:
    """Ask for a backup, and go where one sees how far it is."""
    try:
        if not engine_of(request).store.engine.dialect.name == "sqlite":
            raise Problem("conflict", say("backup_elsewhere", reader_of(request)))
        job = queued(request, asking, "backup", {})
    except KNOWN as error:
        return _shown(request, problem_of(request, error))
    return RedirectResponse(f"/jobs/{job.id}", 303)


@router.get("/{id}/file")
def file(request: Request, asking: Asking, id: JobId) -> Response:
    """Give the file of a backup; who took it is noted."""
    job = seen(request, asking, id, "backup")
    path = _path(request, job.id)
    if job.state != "done" or not path.is_file():
        raise Problem("not-found", say("no_backup_file", reader_of(request)))
    note(request, asking, "backup.downloaded", ("job", job.id))
    name = f"entremise-{job.created:%Y-%m-%d-%H%M}.zip"
    return FileResponse(path, media_type="application/zip", filename=name)


def _shown(request: Request, problem: Problem | None = None) -> Response:
    engine = engine_of(request)
    jobs = service_of(request).jobs.page(JobFilter(kind="backup"), limit=_LISTED).items
    return show(
        request,
        "admin_backups",
        status=problem.status if problem else 200,
        problem=problem,
        made=[Made(told(request, one), one.created, _bytes(_path(request, one.id))) for one in jobs],
        is_sqlite=engine.store.engine.dialect.name == "sqlite",
        database=Path(engine.store.engine.url.database or "").name,
        models=engine.workspace.models.name,
        hours=round(BACKUPS_KEPT.total_seconds() / 3_600),
    )


def _path(request: Request, id: str) -> Path:
    return Folders(request.app.state.settings.folder).backup(id)


def _bytes(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
