"""Jobs: what is done outside the requests, how far it is, and stopping it; and the one that trains a model."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.bodies.examples import worked
from api.bodies.jobs import JobId, JobPage, JobsAsked, JobTold, PagedByState, TrainingAsked
from api.cursors import after_of, cursor_of
from api.problems import Problem, documented, reader_of
from api.state import State
from api.state.jobs import JobFilter
from api.state.records import Job, NewAuditEntry
from api.versions import not_modified
from api.words import load, say
from matcher.errors import InputError

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["jobs"])
PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "too-many-requests")
OF_ONE = PROBLEMS | documented("not-found")
OF_LIST = PROBLEMS | documented("bad-cursor")
OF_NEW = PROBLEMS | documented("malformed-body")
Tell = Callable[[Request, Job], dict[str, Any]]
CHOOSING = "admin"
"""What a key needs to let another model rank, here as at PUT /v1/model/current."""
NEWEST_ID = 2**62
"""Beyond the number of every job."""


@router.get("/jobs", response_model=JobPage, responses=worked("jobs") | OF_LIST, summary="List jobs, newest first")
def jobs(request: Request, asking: Asking, asked: Annotated[JobsAsked, Query()]) -> Response:
    """Return one's own jobs; administrators and managers see everybody's."""
    return tell(request, page_of(request, asking, asked, asked.kind))


@router.get("/jobs/{id}", response_model=JobTold, responses=worked("job") | OF_ONE, summary="How far is a job?")
def job(request: Request, asking: Asking, id: JobId) -> Response:
    """Return a job with its progress, and at its end what came of it."""
    return tell(request, told(request, seen(request, asking, id)))


@router.post("/jobs/{id}/cancel", response_model=JobTold, responses=worked("cancelled") | OF_ONE, summary="Stop a job")
def cancel(request: Request, asking: Asking, id: JobId) -> Response:
    """Cancel a job that waits, or ask one that runs to stop: an import then stores nothing; one that ended stays so."""
    return tell(request, told(request, cancelled(request, asking, id)))


def cancelled(request: Request, asking: Principal, id: str) -> Job:
    """Cancel a job, or ask it to stop, and return it as it is then; Problem where there is none."""
    found = seen(request, asking, id)
    state_of(request).jobs.cancel(found.id)
    note(request, asking, "job.cancelled", found)
    return seen(request, asking, id)


@router.post(
    "/model/trainings",
    status_code=202,
    response_model=JobTold,
    responses=worked("training", 202, "It is queued; Location tells where to look.") | OF_NEW,
    summary="Train a model",
)
def train(request: Request, asking: Asking, asked: TrainingAsked) -> Response:
    """Queue the fitting of a model; it becomes a version, and ranks only where `use` says so and it is better."""
    if asked.use and CHOOSING not in asking.scopes:
        raise Problem("forbidden", say("scope_lacking", reader_of(request), scope=CHOOSING))
    return begun(request, asking, "train", asked.model_dump(), "/v1/jobs/")


def state_of(request: Request) -> State:
    """Return the service's own state."""
    state: State = request.app.state.service
    return state


def queued(request: Request, asking: Principal, kind: str, arguments: Mapping[str, Any]) -> Job:
    """Queue a job, note who asked for it, and return it."""
    added = state_of(request).jobs.add(kind, arguments, created_by=asking.id)
    note(request, asking, f"{kind}.asked", added)
    return added


def begun(request: Request, asking: Principal, kind: str, arguments: Mapping[str, Any], address: str) -> Response:
    """Queue a job and answer 202 with where it is."""
    added = queued(request, asking, kind, arguments)
    return tell(request, told(request, added), 202, {"Location": f"{address}{added.id}"})


def note(request: Request, asking: Principal, action: str, about: Job) -> None:
    """Note in the audit who asked for what."""
    entry = NewAuditEntry(
        actor=asking.id,
        actor_kind=asking.kind,
        action=action,
        target_kind="job",
        target=about.id,
        request=request.scope.get("request_id", ""),
    )
    state_of(request).audit.add(entry)


def seen(request: Request, asking: Principal, id: str, kind: str = "") -> Job:
    """Return a job, of a kind where one is given; Problem where there is none or it is somebody else's."""
    found = state_of(request).jobs.get(id)
    is_seen = found is not None and (asking.sees_everything or (found.created_by == asking.id and asking.id))
    if found is None or not is_seen or (kind and found.kind != kind):
        raise Problem("not-found", say("no_job", reader_of(request), id=id))
    return found


def page_of(
    request: Request, asking: Principal, asked: PagedByState, kind: str | None, as_told: Tell | None = None
) -> dict[str, Any]:
    """Return a page of jobs that whoever asks may see, each as `told` or by another function."""
    limit = limit_of(request, asked.limit)
    own = None if asking.sees_everything else asking.id
    chosen = JobFilter(state=asked.state, kind=kind, created_by=own)
    found = state_of(request).jobs.page(chosen, position_of(request, asked.cursor), limit)
    following = None if found.next is None else [found.next]
    return {"items": [(as_told or told)(request, one) for one in found.items], "next": cursor_of(request, following)}


def limit_of(request: Request, limit: int) -> int:
    """Return the length of a page; InputError where it is longer than pages may be."""
    most: int = request.app.state.settings.max_page
    if limit > most:
        raise InputError(f"query/limit is {limit:,}; a page holds at most {most:,} items.")
    return limit


def position_of(request: Request, cursor: str | None) -> int | None:
    """Return the number that a cursor holds; Problem where it holds something else."""
    after = after_of(request, cursor)
    if after is None:
        return None
    if len(after) != 1 or not isinstance(after[0], int) or not 0 <= after[0] <= NEWEST_ID:
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request)))
    return after[0]


def told(request: Request, one: Job) -> dict[str, Any]:
    """Return a job as it is told in the reader's language."""
    language = reader_of(request)
    step = load("jobs")["steps"].get(one.what, {}).get(language, one.what)
    told = JobTold(
        id=one.id,
        kind=one.kind,  # type: ignore[arg-type]  # of WORK, as a test makes sure
        state=one.state,
        step=step if one.state == "running" else "",
        done=one.done,
        total=one.total,
        problem=_problem(one, language),
        result=dict(one.result) if one.result is not None else None,
        created=one.created,
        created_by=one.created_by,
        started=one.started,
        finished=one.finished,
        cancel_requested=one.cancel_requested,
    )
    return told.model_dump(mode="json")


def _problem(one: Job, language: str) -> str | None:
    if not one.problem:
        return None
    known = {"internal": "job_failed_inside", "store-unavailable": "job_store_unavailable"}.get(one.problem)
    return say(known, language, id=one.id) if known else one.problem


def tell(
    request: Request, body: Mapping[str, Any] | BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a body with its ETag; 304 where a GET has it already."""
    document = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    vary = "Accept-Language, Authorization, Cookie"
    if request.method == "GET" and (same := not_modified(request, etag, vary=vary)) is not None:
        return same
    told = {"ETag": etag, "Vary": vary, "Content-Language": reader_of(request), **(headers or {})}
    return Response(text, status, told, "application/json")
