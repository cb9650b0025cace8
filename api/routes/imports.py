"""Imports: a file is uploaded, read by a job, and told row by row what was found in it."""

import json
import shutil
from collections.abc import Mapping
from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.examples import worked
from api.bodies.imports import (
    MOST_PAIRS,
    MOST_TEXT_CHARS,
    Importer,
    ImportPage,
    ImportTold,
    PairsJson,
    RowProblemPage,
    TableKind,
)
from api.bodies.jobs import JobId, JobTold, Paged, PagedByState
from api.cursors import cursor_of
from api.problems import Problem, documented, reader_of
from api.routes.jobs import OF_LIST, OF_NEW, OF_ONE, limit_of, page_of, position_of, queued, seen, tell, told
from api.state.records import Job
from api.words import say
from api.work.keeping import UPLOAD, Folders, read_json
from matcher.errors import InputError

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["imports"])
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".zip")
"""Of files that are read; another one is refused before anything of it is kept."""
EXAMPLE = {"file": "name,country\nRoseaux Clairs,FR\n", "kind": "organisations", "dry_run": True}
PROBLEMS_TOLD = 100
_PIECE = 1_000_000
_MOST_NAME_CHARS = 200


@router.post(
    "/imports",
    status_code=202,
    response_model=ImportTold,
    responses=worked("import-queued", 202, "It is queued; Location tells where to look.")
    | OF_NEW
    | documented("too-large"),
    summary="Import a table or a CORDIS programme",
    openapi_extra={"requestBody": {"content": {"multipart/form-data": {"example": EXAMPLE}}}},
)
def upload(  # noqa: PLR0913  # the parts of a form
    request: Request,
    asking: Asking,
    file: UploadFile,
    mapping: Annotated[PairsJson, Form(description="JSON: header -> field, over what is told by itself.")] = "",
    defaults: Annotated[PairsJson, Form(description="JSON: field -> value where it is blank.")] = "",
    importer: Annotated[Importer | None, Form(description="Told from the file if not given.")] = None,
    kind: Annotated[TableKind | None, Form(description="Told from the headers if not given.")] = None,
    dry_run: Annotated[bool, Form(description="Say what would change, and store nothing.")] = False,
    strict: Annotated[bool, Form(description="Store nothing if any row has to be skipped.")] = False,
) -> Response:
    """Take a CSV or XLSX table, or the zip of a CORDIS programme; a job reads it, and stores all of it or nothing."""
    arguments = {
        "mapping": _pairs("mapping", mapping),
        "defaults": _pairs("defaults", defaults),
        "importer": importer,
        "kind": kind,
        "dry_run": dry_run,
        "strict": strict,
    }
    job = queued_upload(request, asking, file, arguments)
    return tell(request, _told(request, job), 202, {"Location": f"/v1/imports/{job.id}"})


def queued_upload(request: Request, asking: Principal, file: UploadFile, arguments: Mapping[str, Any]) -> Job:
    """Keep an upload and queue its import; Problem or InputError where it is too large or of no kind that is read."""
    upload = _keep(request, file)
    given = {"name": _shown(file.filename or ""), **arguments, "upload": upload}
    try:
        job = queued(request, asking, "import", given)
    except BaseException:
        shutil.rmtree(folders_of(request).of_upload(upload), ignore_errors=True)
        raise
    if job.arguments["upload"] != upload:  # the same request was begun before its process died, and queued this job
        shutil.rmtree(folders_of(request).of_upload(upload), ignore_errors=True)
    return job


@router.get(
    "/imports", response_model=ImportPage, responses=worked("imports") | OF_LIST, summary="List imports, newest first"
)
def imports(request: Request, asking: Asking, asked: Annotated[PagedByState, Query()]) -> Response:
    """Return the imports, each without its row report."""
    return tell(request, page_of(request, asking, asked, "import", _listed))


@router.get(
    "/imports/{id}", response_model=ImportTold, responses=worked("import") | OF_ONE, summary="How is an import?"
)
def one_import(request: Request, asking: Asking, id: JobId) -> Response:
    """Return an import: how far it is, what it changed, and the first hundred problems by line and column."""
    return tell(request, _told(request, seen(request, asking, id, "import")))


@router.get(
    "/imports/{id}/problems",
    response_model=RowProblemPage,
    responses=worked("problems") | OF_ONE | OF_LIST,
    summary="List what was wrong in the rows of an import",
)
def problems(request: Request, asking: Asking, id: JobId, asked: Annotated[Paged, Query()]) -> Response:
    """Return the problems in the order of the rows; they are kept for 90 days."""
    found = read_json(folders_of(request).rows(seen(request, asking, id, "import").id)) or {}
    listed = found.get("problems", [])
    start, limit = position_of(request, asked.cursor) or 0, limit_of(request, asked.limit)
    end = start + limit
    following = [end] if end < len(listed) else None
    return tell(request, {"items": listed[start:end], "next": cursor_of(request, following)})


@router.post(
    "/imports/{id}/undo",
    status_code=202,
    response_model=JobTold,
    responses=worked("undo-queued", 202, "It is queued; Location tells where to look.")
    | OF_ONE
    | documented("conflict"),
    summary="Undo an import",
)
def undo(request: Request, asking: Asking, id: JobId) -> Response:
    """Take an import back: what it added goes, what it changed is as before; what was changed since stays as it is."""
    job = queued_undo(request, asking, id)
    return tell(request, told(request, job), 202, {"Location": f"/v1/jobs/{job.id}"})


def queued_undo(request: Request, asking: Principal, id: str) -> Job:
    """Queue the undoing of an import; Problem where there is none or it cannot be undone."""
    found = seen(request, asking, id, "import")
    if not can_be_undone(request, found):
        raise Problem("conflict", say("not_undoable", reader_of(request)))
    assert found.result is not None  # noqa: S101  # else it could not be undone
    return queued(request, asking, "undo", {"import": id, "number": found.result["number"]})


def can_be_undone(request: Request, job: Job) -> bool:
    """Return whether an import changed anything that can be taken back."""
    number = (job.result or {}).get("number")
    return number is not None and engine_of(request).store.can_undo(number)


def folders_of(request: Request) -> Folders:
    """Return where uploads and row reports are."""
    return Folders(request.app.state.settings.folder)


def _listed(request: Request, job: Job) -> dict[str, Any]:
    asked = job.arguments
    return {
        **told(request, job),
        "name": asked.get("name", ""),
        "dry_run": asked.get("dry_run", False),
        "strict": asked.get("strict", False),
    }


def _told(request: Request, job: Job) -> dict[str, Any]:
    found = read_json(folders_of(request).rows(job.id))
    listed = found["problems"] if found else []
    return {
        **_listed(request, job),
        "counts": found["counts"] if found else None,
        "mapping": found["mapping"] if found else None,
        "notes": found["notes"] if found else [],
        "problems": listed[:PROBLEMS_TOLD],
        "problems_count": len(listed),
        "unlisted": found["unlisted"] if found else 0,
        "can_be_undone": can_be_undone(request, job),
    }


def _keep(request: Request, file: UploadFile) -> str:
    """Write an upload to a folder of its own and return its id; Problem where it is larger than uploads may be."""
    name = (file.filename or "").lower()
    ending = next((one for one in ENDINGS if name.endswith(one)), None)
    if ending is None:
        raise InputError(f"body/file is called {_shown(name)!r}; give a file that ends in {', '.join(ENDINGS)}.")
    most = request.app.state.settings.max_upload_bytes
    upload, written = token_hex(16), 0
    folder = folders_of(request).of_upload(upload)
    folders_of(request).root.mkdir(parents=True, exist_ok=True, mode=0o700)  # tables hold people's data
    folder.mkdir(parents=True)
    try:
        with (folder / f"{UPLOAD}{ending}").open("wb") as kept:
            while piece := file.file.read(_PIECE):
                written += len(piece)
                if written > most:
                    raise Problem("too-large", say("too_large", reader_of(request), limit=most))
                kept.write(piece)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def _shown(name: str) -> str:
    """Return a file's name to be shown: without folders, control characters and what no database keeps."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_MOST_NAME_CHARS]


def _pairs(what: str, text: str) -> dict[str, str]:
    """Return a JSON object of texts; InputError where it is something else."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f'body/{what} is no JSON; write {{"Header": "field"}}.') from error
    texts = list(found.items()) if isinstance(found, dict) else []
    if not isinstance(found, dict) or len(texts) > MOST_PAIRS:
        raise InputError(f"body/{what} is a JSON object of at most {MOST_PAIRS} pairs.")
    for name, value in texts:
        if (
            not isinstance(value, str)
            or max(len(name), len(value)) > MOST_TEXT_CHARS
            or not (name + value).isprintable()
        ):
            raise InputError(
                f"body/{what}: {name[:60]!r} is not given a text of at most {MOST_TEXT_CHARS:,} characters."
            )
    return found
