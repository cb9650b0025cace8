"""The worker: one process beside the service that does its jobs, and outlives the failure of any of them."""

import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import structlog

from api.settings import ServiceSettings
from api.state import Job, State, open_state
from api.state.jobs import FINISHED, MOST_ATTEMPTS, JobFilter
from api.work import WORK
from api.work.importing import discard
from api.work.keeping import IMPORTS_KEPT, Folders
from api.work.working import Cancelled, Work
from matcher.errors import MatcherError, StoreError
from matcher.store.opening import open_store

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 2.0
KEPT_ANSWERS = timedelta(days=1)
"""So long a request that is sent again with its Idempotency-Key gets the same answer."""
LASTING = ("evaluate", "train")
"""Kinds of jobs whose results are not forgotten: they tell where a model comes from and how good it was."""
CLEAR_SECONDS = 3_600.0
INTERNAL = "internal"
"""The problem of a job that failed by no doing of whoever asked for it; the log has more, under the job's id."""
UNAVAILABLE = "store-unavailable"
_TRIES = 5
_NEWEST = 10
_NICENESS = 5


def _now() -> datetime:
    return datetime.now(UTC)


def run_worker(
    settings: ServiceSettings,
    *,
    once: bool = False,
    stop: Event | None = None,
    now: Callable[[], datetime] = _now,
) -> None:
    """Do jobs until `stop` is set, or with `once` until none is queued; then the job at hand is put back.

    There is one worker for each folder of the service: a second one waits until the first has ended. Whatever is
    running when a worker begins was thus left by one that died, and is queued again, or failed at the third time.
    """
    stop = stop or Event()
    with _alone(settings.folder, stop) as is_alone:
        if not is_alone:
            return
        store = open_store(settings.matcher.db)
        try:
            Worker(settings, open_state(store.engine, now=now), stop, now).run(once=once)
        finally:
            store.close()


class Worker:
    """Does one job after the other."""

    def __init__(self, settings: ServiceSettings, state: State, stop: Event, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.state = state
        self.stop = stop
        self.now = now
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._log = structlog.get_logger()
        self._cleared: datetime | None = None

    def run(self, *, once: bool) -> None:
        """Do jobs until it is to stop, or with `once` until none is queued."""
        while not self.stop.is_set():
            try:
                is_busy = self.step()
            except Exception as error:  # whatever fails once, e.g. a busy store, must not end the worker
                self._log.error("worker", error=type(error).__name__, exc_info=error)
                is_busy = False
            if is_busy:
                continue
            if once:
                return
            self.stop.wait(POLL_SECONDS)

    def step(self) -> bool:
        """Do the oldest queued job, and return whether there was one."""
        if self.state.jobs.page(JobFilter(state="running"), limit=1).items:
            for lost in self.state.jobs.recover(timedelta(0)):  # this one works on none now, and there is no other
                self._log.warning("recovered", job=lost.id, kind=lost.kind, state=lost.state)
                self._tidy(lost.id)
        if not self.state.jobs.page(JobFilter(state="queued"), limit=1).items:
            self._clear()
            return False
        job = self.state.jobs.claim(self.name)
        if job is None:
            return False
        self._log.info("begun", job=job.id, kind=job.kind, attempt=job.attempts)
        ending = self._work(job)
        self._insist(ending)
        self._tidy(job.id)
        return True

    def _work(self, job: Job) -> Callable[[], bool]:
        """Do a job, and return what puts down how it ended."""
        work = Work(self.settings, self.state, job, self.now)
        jobs = self.state.jobs
        try:
            with self._beating(work):
                result = WORK[job.kind](work)
            return lambda: jobs.finish(job, result)
        except Cancelled:
            return lambda: jobs.release(job)  # which cancels it where that was asked for
        except StoreError as error:
            self._log.error("store", job=job.id, problem=str(error))
            if job.attempts < MOST_ATTEMPTS:
                return lambda: jobs.release(job)
            return lambda: jobs.fail(job, UNAVAILABLE)
        except MatcherError as error:
            problem = self._without_paths(str(error))
            return lambda: jobs.fail(job, problem)
        except Exception as error:
            self._log.error("failed", job=job.id, kind=job.kind, error=type(error).__name__, exc_info=error)
            return lambda: jobs.fail(job, INTERNAL)

    def _insist(self, ending: Callable[[], bool]) -> None:
        """Put down how a job ended although the store may be busy; the import that keeps it so ends at some time."""
        for _ in range(_TRIES - 1):
            try:
                ending()
                return
            except StoreError:
                self.stop.wait(POLL_SECONDS)
        ending()  # fails: the job is found running later, and done again

    @contextmanager
    def _beating(self, work: Work) -> Iterator[None]:
        """Say now and then that a job is worked on, and halt it where it is cancelled or this worker is to end."""
        over = Event()

        def beat() -> None:
            waited = 0.0
            while not over.wait(min(POLL_SECONDS, HEARTBEAT_SECONDS)):
                waited += POLL_SECONDS
                if self.stop.is_set():
                    work.halted.set()
                if waited < HEARTBEAT_SECONDS:
                    continue
                waited = 0.0
                try:
                    if not self.state.jobs.heartbeat(work.job):
                        work.halted.set()
                except StoreError:
                    continue  # written by this very job, perhaps

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _tidy(self, id: str) -> None:
        """Remove the upload of an import that has ended."""
        job = self.state.jobs.get(id)
        if job is not None and job.kind == "import" and job.state not in ("queued", "running"):
            discard(Work(self.settings, self.state, job, self.now))

    def _clear(self) -> None:
        """Take away, once an hour, what was kept long enough: files, sessions, answers to repeated requests."""
        now = self.now()
        if self._cleared is not None and now < self._cleared + timedelta(seconds=CLEAR_SECONDS):
            return
        self._cleared = now
        for state in FINISHED:  # what was killed between the end of its job and this
            for job in self.state.jobs.page(JobFilter(state=state, kind="import"), limit=_NEWEST).items:
                self._tidy(job.id)
        self.state.sessions.forget_expired()
        self.state.expressions.settle()
        self.state.idempotency.forget_older(now - KEPT_ANSWERS)
        self.state.jobs.forget_older(now - IMPORTS_KEPT, LASTING)
        removed = Folders(self.settings.folder).clear(now)  # nothing is queued, so no upload is waited for
        if removed:
            self._log.info("cleared", files=removed)

    def _without_paths(self, problem: str) -> str:
        """Return what is wrong without where things stand on this machine."""
        for folder in (self.settings.folder.absolute(), self.settings.folder):
            for upload in (folder / "uploads").glob("*"):
                problem = problem.replace(f"{upload}/", "")
            problem = problem.replace(f"{folder}/", "")
        db = self.settings.matcher.db
        return problem.replace(db, "***") if "://" in db else problem.replace(f"{Path(db).absolute().parent}/", "")


@contextmanager
def _alone(folder: Path, stop: Event) -> Iterator[bool]:
    """Give True once no other worker is at this folder, False where it is to stop before."""
    import fcntl  # where there is none, the service does not run

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "worker.lock").open("w") as file:
        is_told = False
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not is_told:
                    structlog.get_logger().info("waiting", reason="another worker is at this folder")
                is_told = True
                stop.wait(POLL_SECONDS)
                continue
            yield True
            return
        yield False


def _stop_with_service(stop: Event) -> None:
    """Stop when the service has ended: it holds the other end of the standard input."""

    def wait() -> None:
        while os.read(0, 1):  # not by sys.stdin, whose lock would be held when this process ends
            pass
        stop.set()

    threading.Thread(target=wait, name="service", daemon=True).start()


def write_lines() -> None:
    """Write the log as lines of JSON on stderr, with UTC times; what libraries log joins in from warnings on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Lines(logging.Formatter):
    """Writes what libraries log as the lines of JSON that the rest is."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def main() -> None:
    """Run until told to stop; `--beside` also stops when the standard input ends, which the service holds open."""
    write_lines()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if "--beside" in sys.argv[1:]:
        _stop_with_service(stop)
    os.nice(_NICENESS)  # those who ask go before
    try:
        run_worker(ServiceSettings.from_env(os.environ), stop=stop)
    except MatcherError as error:
        structlog.get_logger().error("worker", problem=str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
