"""Crashes: `kill -9` of the service or its worker in the midst of imports, writes and swaps; what is left is judged."""

import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.fresh import ROOT, MeasuringError
from benchmarks.measuring import SEED, Result
from benchmarks.soak.acknowledged import ASKING, Writers
from benchmarks.soak.counted import Found, figures, plain
from benchmarks.soak.judging import ENDED, Places, all_jobs, judged, stray_uploads
from benchmarks.soak.served import Served, is_alive, until
from matcher.store.opening import open_store

KILLS = {"sqlite": 140, "postgresql": 60}
SIZES = [200, 400, 700, 1_200, 2_000]
"""Rows of the tables that are imported in turn."""
MOMENTS = ("any", "writing", "uploaded", "rows", "storing", "snapshot", "renamed")
VICTIMS = ("worker", "worker", "service", "both")
"""`service`: its worker sees that and puts its job back; `both`: neither has time for anything, as in a power cut."""
_LONGEST_MOMENT = 6.0
_MOST_IN_A_ROW = 2
"""So many workers are killed before the service is: a worker that keeps dying is started again ever later."""
_HUNTED_EVERY = 25
"""Once in so many kills an import is hunted down: its worker is killed three times."""
_THRICE = 3
_MOST_STARTS = 3
_LONGEST_END = 240.0


class Crashing:
    """A service, writers that keep it busy, and one who kills it and judges what is left."""

    def __init__(self, db: str, folder: Path, *, seed: int, sizes: list[int]) -> None:
        self.found = Found()
        self._random = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._sizes = sizes
        kept = {name: str(folder / name) for name in ("snapshots", "models", "data")}
        settings = {f"MATCHER_{name.upper()}": kept[name] for name in ("snapshots", "models")}
        self.served = Served(
            db, folder / "service.log", MATCHER_ENCODER="hashing", MATCHER_API_DATA=kept["data"], **settings
        )
        self.key = self.served.make_key()
        self.places = Places(open_store(db), folder / "snapshots", folder / "data" / "uploads")
        self.writers = Writers(lambda: self.served.client(self.key), self._open_imports, sizes, seed)
        self._in_a_row = 0

    def run(self, kills: int) -> Found:
        """Import the sample, then kill, wait and judge again and again; the service is ended, whatever happens."""
        try:
            self._prepare()
            self.writers.start()
            next_hunt = _HUNTED_EVERY // 4
            while self.found.kills.total() < kills:
                left = kills - self.found.kills.total()
                begun = time.monotonic()
                if left >= _THRICE and self.found.kills.total() >= next_hunt:
                    next_hunt += _HUNTED_EVERY
                    self._kill_thrice()
                else:
                    self._kill_once()
                self._judge()
                self.found.seconds.append(round(time.monotonic() - begun, 2))
            self._end()
        finally:
            self.writers.end()
            self.places.store.close()
            self.served.end()
        return self.found

    def _prepare(self) -> None:
        with self.served.client(self.key) as client:
            for name in ("organisations", "collaborations", "briefs"):
                file = (ROOT / "data" / "sample" / f"{name}.csv").read_bytes()
                answer = client.post("/v1/imports", files={"file": (f"sample-{name}.csv", file)}).raise_for_status()
                until(lambda at=answer.headers["location"]: client.get(at).json()["state"] == "done")  # type: ignore[misc]
        until(self.served.is_ready)

    def _kill_once(self) -> None:
        moment = self._random.choice(MOMENTS)
        victim = self._random.choice(VICTIMS)
        if victim == "worker" and (moment == "writing" or self._in_a_row >= _MOST_IN_A_ROW):
            victim = self._random.choice(("service", "both"))
        self._await(moment)
        time.sleep(self._random.uniform(0, 0.02 if moment in ("writing", "uploaded") else 0.4))
        self._kill(victim)
        self.found.kills[f"{victim}, {moment}"] += 1

    def _kill_thrice(self) -> None:
        """Kill the worker of one import three times over, wherever it is by then."""
        job = until(lambda: self._running("import"))
        for attempt in range(1, _THRICE + 1):
            until(lambda n=attempt: self._is_past(job.id, n), 90)  # type: ignore[misc]
            if self._job(job.id).state in ENDED:
                return  # it was faster
            self._kill("worker")
            self.found.kills["worker, again"] += 1
        ended = until(lambda: self._job(job.id).state in ENDED, 90) and self._job(job.id)
        if ended.state == "failed" and not ended.problem:
            self.found.silent_jobs.append(f"{ended.kind} {ended.id} failed and says nothing")

    def _is_past(self, id: str, attempt: int) -> bool:
        job = self._job(id)
        return job.state in ENDED or (job.state == "running" and job.attempts >= attempt)

    def _await(self, moment: str) -> None:
        """Wait for a moment, at most some seconds: it may not come, e.g. where a job has just ended."""
        end = time.monotonic() + _LONGEST_MOMENT
        if moment == "any":
            time.sleep(self._random.uniform(0, 3))
        elif moment in ("writing", "uploaded"):
            event = self.writers.asking if moment == "writing" else self.writers.uploaded
            event.clear()
            event.wait(_LONGEST_MOMENT)
        else:
            here = self._snapshots()
            holds: dict[str, Callable[[], Any]] = {
                "rows": lambda: self._running("import"),
                "storing": lambda: self._running("import", "storing"),
                "snapshot": lambda: self._running("snapshot"),
                "renamed": lambda: self._snapshots() - here,
            }
            while not holds[moment]() and time.monotonic() < end:
                time.sleep(0.01)

    def _kill(self, victim: str) -> None:
        workers = until(self.served.workers)
        if victim == "worker":
            os.kill(workers[0], signal.SIGKILL)
            until(lambda: [pid for pid in self.served.workers() if pid not in workers and is_alive(pid)])
            self._in_a_row += 1
            return
        self._in_a_row = 0
        self.writers.is_live.clear()
        if victim == "both":
            os.kill(workers[0], signal.SIGKILL)
        self.served.process.kill()
        self.served.process.wait(60)
        self._start_again()
        self.writers.is_live.set()

    def _start_again(self) -> None:
        """Start the service until it is ready, at most a few times: each that failed is noted."""
        for _ in range(_MOST_STARTS):
            try:
                self.served.start_again()
                until(self.served.is_ready)
                return
            except MeasuringError as error:
                self.found.failed_starts.append(str(error))
                self.served.process.kill()
                self.served.process.wait(60)
        raise MeasuringError(f"the service does not start again: {self.found.failed_starts[-1]}")

    def _judge(self, *, deep: bool = False) -> None:
        """Wait until what was not answered is, then hold what is there against the ledger."""
        try:
            until(self.writers.are_answered, 20)
        except MeasuringError:
            waiting = [one.token for one in self.writers.ledger.asked if not one.is_acknowledged]
            self.found.unanswered.extend(one for one in waiting if one not in self.found.unanswered)
        self.writers.pause()
        try:
            deep = deep or self.found.kills.total() % 10 == 0
            self.found.judgement.add(judged(self.places, self.writers.ledger, self._sizes, deep=deep))
            self._ask()
        finally:
            self.writers.go_on()

    def _ask(self) -> None:
        """Ask as anybody does: suggestions say which snapshot made them; what was made is where it was said to be."""
        with self.served.client(self.key) as client:
            answer = client.get(f"/v1/organisations/{ASKING}/suggestions")
            if answer.status_code != httpx.codes.OK or not answer.json()["suggestions"]:
                self.found.unexpected.append(f"suggestions: {answer.status_code} {answer.text[:300]}")
            for kind, path in (("decision", "/v1/decisions/"), ("brief", "/v1/briefs/"), ("table", "/v1/imports/")):
                made = [one for one in self.writers.ledger.of(kind) if one.is_acknowledged]
                if not made:
                    continue
                there = client.get(path + made[-1].id)
                if there.status_code != httpx.codes.OK or made[-1].token not in there.text:
                    self.found.judgement.lost.append(f"{kind} {made[-1].id}: {there.status_code}")

    def _end(self) -> None:
        """Let every job end and the newest snapshot answer, judge once more, and count."""
        self.writers.end()
        try:
            until(lambda: all(one.state in ENDED for one in all_jobs(self.places)), _LONGEST_END)
        except MeasuringError:
            open_ = [one for one in all_jobs(self.places) if one.state not in ENDED]
            self.found.silent_jobs.extend(f"{one.kind} {one.id} is {one.state}" for one in open_)
        self._judge(deep=True)
        jobs, found = all_jobs(self.places), self.found
        found.silent_jobs.extend(f"{one.id} failed" for one in jobs if one.state == "failed" and not one.problem)
        for one in jobs:
            found.jobs[f"{one.kind}s {one.state} at attempt {one.attempts}"] += 1
            if one.state == "failed" and "Its worker stopped" not in one.problem:
                found.unexpected.append(f"{one.kind} failed: {one.problem}")
        left, unknown = stray_uploads(self.places, jobs)
        found.judgement.half_written.extend(f"upload {one} was left by a job that has ended" for one in left)
        found.writes["uploads of which no job was told, kept for a day"] = len(unknown)
        ledger = self.writers.ledger
        for one_ in ledger.asked:
            found.writes[f"{one_.kind} {'acknowledged' if one_.is_acknowledged else 'not acknowledged'}"] += 1
        found.writes["employees changed"] = ledger.changes
        found.writes["sent again"] = ledger.retried
        found.unexpected.extend(ledger.unexpected)

    def _job(self, id: str) -> Any:
        return next(one for one in all_jobs(self.places) if one.id == id)

    def _running(self, kind: str, step: str = "") -> Any:
        for one in all_jobs(self.places)[-10:]:
            if one.kind == kind and one.state == "running" and step in ("", one.what):
                return one
        return None

    def _open_imports(self) -> int:
        return sum(one.kind == "import" and one.state not in ENDED for one in all_jobs(self.places))

    def _snapshots(self) -> set[str]:
        folder = self.places.snapshots
        return {one.name for one in folder.iterdir() if one.name[0] != "."} if folder.is_dir() else set()


def crash(kind: str, kills: int, *, seed: int = SEED, sizes: list[int] | None = None) -> Found:
    """Return what so many kills come to on a database of a kind (sqlite, postgresql)."""
    folder = Path(tempfile.mkdtemp(prefix="crashing-"))
    try:
        with _database(kind, folder) as db:
            return Crashing(db, folder, seed=seed, sizes=sizes or SIZES).run(kills)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield str(folder / "soak.db")
        return
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    with importlib.import_module("postgres").running_server() as url:
        yield url


def run() -> Result:
    """Kill on SQLite, then on PostgreSQL, and add up."""
    found = {kind: crash(kind, kills, seed=SEED + place) for place, (kind, kills) in enumerate(KILLS.items())}
    return Result(
        on="the sample and tables of 200 to 2,000 rows, imported in turn while others write, hashing vectors",
        figures=figures(list(found.values())),
        raw={kind: plain(one) for kind, one in found.items()},
        notes=[
            "`service` leaves its worker to put its job back; `both` leaves it no time for that; `worker` is started "
            "again by its service, `service` and `both` by the run, as systemd would.",
            "Everything is read from the database after each kill and held against what was acknowledged; both "
            "revisions are computed again from the records.",
        ],
    )
