"""The queue of jobs: work outside a request, which survives the end of any process.

A worker says with every call which claim of the job is its own (`Job.attempts`): one that was silent for so long
that its job was given to another has no say any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Text, cast, or_, select

from api.state.columns import written
from api.state.records import Job, JobState, Page
from api.state.rows import MAX_KEY_CHARS, newest_first, one_row, record_of, storable
from api.state.tables import jobs
from api.state.tokens import Clock, NewId, random_id, utc_now
from matcher.errors import InputError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

MOST_ATTEMPTS = 3
"""A job that lost its worker so often is not tried again."""

FINISHED: tuple[JobState, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs to tell; what is None does not matter."""

    state: JobState | None = None
    kind: str | None = None
    created_by: str | None = None


class Jobs:
    """Keeps jobs, and hands each to one worker."""

    def __init__(self, engine: Engine, now: Clock = utc_now, new_id: NewId = random_id) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id

    def add(self, kind: str, arguments: Mapping[str, Any], created_by: str = "") -> Job:
        """Queue a job; InputError where its kind or maker cannot be kept."""
        if not kind or not all(is_storable(text) and len(text) <= MAX_KEY_CHARS for text in (kind, created_by)):
            raise InputError(f"A job has a kind, and both it and who asks have at most {MAX_KEY_CHARS} characters.")
        blank = {"what": "", "done": 0, "total": 0, "problem": "", "worker": "", "attempts": 0}
        id = self._new_id()
        values = {
            **blank,
            "id": id,
            "kind": kind,
            "state": "queued",
            "arguments": dict(arguments),
            "created_by": created_by,
            "created": self._now(),
            "cancel_requested": False,
        }
        with writing(self._engine) as connection:
            if one_row(connection, jobs, "id", id) is None:  # else this very request was begun before
                connection.execute(jobs.insert().values(values))
            return _job(connection, id)

    def get(self, id: str) -> Job | None:
        """Return a job, None where there is none of this id."""
        with reading(self._engine) as connection:
            row = one_row(connection, jobs, "id", id)
        return None if row is None else record_of(Job, row)

    def page(self, chosen: JobFilter | None = None, after: int | None = None, limit: int = 50) -> Page[Job]:
        """Return the jobs of a filter, the newest first."""
        with reading(self._engine) as connection:
            found = newest_first(connection, jobs, _conditions(chosen or JobFilter()), after, limit)
        return Page([record_of(Job, row) for row in found.items], found.next)

    def claim(self, worker: str) -> Job | None:
        """Give the oldest queued job to a worker, None where none is queued; no other worker gets it."""
        now = self._now()
        queued = select(jobs.c.id).where(jobs.c.state == "queued").order_by(jobs.c.number).limit(1)
        with writing(self._engine) as connection:
            id = connection.execute(queued.with_for_update(skip_locked=True)).scalar()
            if id is None:
                return None
            values = {"state": "running", "worker": worker, "started": now, "heartbeat": now}
            blank = {"attempts": jobs.c.attempts + 1, "what": "", "done": 0, "total": 0}
            connection.execute(jobs.update().where(jobs.c.id == id).values(values | blank))
            return _job(connection, id)

    def progress(self, job: Job, what: str, done: int, total: int) -> bool:
        """Say how far a claimed job is, and learn whether to go on: not where it is to be cancelled, or another's."""
        return self._say(job, {"what": storable(what), "done": done, "total": total})

    def heartbeat(self, job: Job) -> bool:
        """Say that a claimed job is being worked on, and learn whether to go on."""
        return self._say(job, {})

    def finish(self, job: Job, result: Mapping[str, Any]) -> bool:
        """Keep the result of a claimed job, and return whether it was still this worker's."""
        return self._end(job, "done", result=dict(result))

    def fail(self, job: Job, problem: str) -> bool:
        """Keep why a claimed job failed, and return whether it was still this worker's."""
        return self._end(job, "failed", problem=storable(problem))

    def stop(self, job: Job) -> bool:
        """Say that a claimed job was left undone since it is to be cancelled; was it still this worker's?"""
        return self._end(job, "cancelled")

    def release(self, job: Job) -> bool:
        """Put a claimed job back, as a worker does that is told to end; was it still this worker's?

        One that is to be cancelled is cancelled. The attempt counts.
        """
        with writing(self._engine) as connection:
            asked = jobs.c.cancel_requested
            ended = {"state": "cancelled", "finished": self._now()}
            cancelled = connection.execute(jobs.update().where(_own(job), asked).values(ended)).rowcount
            queued = connection.execute(jobs.update().where(_own(job), ~asked).values(_back_in_queue())).rowcount
        return cancelled + queued > 0

    def cancel(self, id: str) -> Job | None:
        """Cancel a queued job at once, and ask the worker of a running one to stop; None where there is no such job.

        One that is finished stays as it is.
        """
        if not is_storable(id):
            return None
        with writing(self._engine) as connection:
            query = select(jobs.c.state).where(jobs.c.id == id).with_for_update()
            state = connection.execute(query).scalar()
            if state is None:
                return None
            values: dict[str, Any] = {"cancel_requested": True}
            if state == "queued":
                values |= {"state": "cancelled", "finished": self._now()}
            if state not in FINISHED:
                connection.execute(jobs.update().where(jobs.c.id == id).values(values))
            return _job(connection, id)

    def recover(self, silent_for: timedelta) -> list[Job]:
        """Take running jobs from workers that were silent for so long, and return these jobs as they are now.

        They are queued again; cancelled where that was asked for; failed where this was the third attempt.
        """
        now = self._now()
        silent = (jobs.c.state == "running") & (jobs.c.heartbeat < now - silent_for)
        query = select(jobs).where(silent).order_by(jobs.c.number).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            lost = [dict(row) for row in connection.execute(query).mappings()]
            for row in lost:
                values: dict[str, Any] = _back_in_queue()
                if row["cancel_requested"]:
                    values = {"state": "cancelled", "finished": now}
                elif row["attempts"] >= MOST_ATTEMPTS:
                    problem = f"Its worker stopped without a word {row['attempts']} times; look at the worker's log."
                    values = {"state": "failed", "finished": now, "problem": problem}
                connection.execute(jobs.update().where(jobs.c.id == row["id"]).values(values))
            return [_job(connection, row["id"]) for row in lost]

    def forget(self, text: str) -> int:
        """Take arguments, result and problem from finished jobs that mention a text, and return how many did."""
        if not text or not is_storable(text):
            return 0
        quoted = written(text)[1:-1]
        held: list[ColumnElement[str]] = [cast(column, Text) for column in (jobs.c.arguments, jobs.c.result)]
        mentions = or_(
            *(column.contains(quoted, autoescape=True) for column in held),
            *(column.contains(text, autoescape=True) for column in (jobs.c.problem, jobs.c.what)),
            jobs.c.created_by == text,
        )
        blank: dict[str, Any] = {"arguments": {}, "result": None, "problem": "", "what": "", "created_by": ""}
        with writing(self._engine) as connection:
            finished = jobs.c.state.in_(FINISHED)
            return connection.execute(jobs.update().where(finished, mentions).values(blank)).rowcount

    def forget_older(self, before: datetime, kept: Sequence[str] = ()) -> int:
        """Remove jobs that finished before a time, except those of kinds to be kept, and return how many."""
        old = jobs.c.state.in_(FINISHED) & (jobs.c.finished < before) & jobs.c.kind.not_in(kept)
        with writing(self._engine) as connection:
            return connection.execute(jobs.delete().where(old)).rowcount

    def _say(self, job: Job, values: dict[str, Any]) -> bool:
        with writing(self._engine) as connection:
            statement = jobs.update().where(_own(job)).values(values | {"heartbeat": self._now()})
            if not connection.execute(statement).rowcount:
                return False
            return not _job(connection, job.id).cancel_requested

    def _end(self, job: Job, state: JobState, **values: Any) -> bool:
        ended = {"state": state, "finished": self._now(), **values}
        with writing(self._engine) as connection:
            return connection.execute(jobs.update().where(_own(job)).values(ended)).rowcount > 0


def _own(job: Job) -> ColumnElement[bool]:
    return (jobs.c.id == job.id) & (jobs.c.state == "running") & (jobs.c.attempts == job.attempts)


def _back_in_queue() -> dict[str, Any]:
    return {"state": "queued", "worker": "", "started": None, "heartbeat": None, "what": "", "done": 0, "total": 0}


def _job(connection: Connection, id: str) -> Job:
    row = one_row(connection, jobs, "id", id)
    assert row is not None  # noqa: S101  # written or locked in this transaction
    return record_of(Job, row)


def _conditions(chosen: JobFilter) -> list[ColumnElement[bool]]:
    columns: list[tuple[Column[str], str | None]] = [
        (jobs.c.state, chosen.state),
        (jobs.c.kind, chosen.kind),
        (jobs.c.created_by, chosen.created_by),
    ]
    return [column == storable(value) for column, value in columns if value is not None]
