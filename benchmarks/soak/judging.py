"""The oracle of the crash runs: reads the database by itself and holds it against the ledger of the writers."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from api.state import Job
from api.state.rows import record_of
from api.state.tables import jobs as kept_jobs
from benchmarks.soak.acknowledged import ASKING, Ledger
from matcher.errors import SnapshotError
from matcher.records import Organisation
from matcher.snapshot.files import load_snapshot
from matcher.store import tables
from matcher.store.connecting import reading
from matcher.store.fingerprints import NOTHING, combined, fingerprint
from matcher.store.revisions import DECISIONS as OF_DECISIONS
from matcher.store.revisions import RECORDS, read
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS
from matcher.store.sql import SqlStore

ENDED = ("done", "failed", "cancelled")
_SNAPSHOT = re.compile(r"[0-9a-f]{16}")


@dataclass
class Judgement:
    """What was found wrong, each in words; nothing is the aim."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged and not there, or not as acknowledged."""
    doubled: list[str] = field(default_factory=list)
    """Sent twice with one Idempotency-Key, and there twice."""
    half_written: list[str] = field(default_factory=list)

    def add(self, other: "Judgement") -> None:
        """Take what another one found that is not known yet."""
        for name in ("lost", "doubled", "half_written"):
            known: list[str] = getattr(self, name)
            known.extend(one for one in getattr(other, name) if one not in known)


@dataclass(frozen=True)
class Places:
    """Where a service keeps what it keeps: its store, and folders."""

    store: SqlStore
    snapshots: Path
    uploads: Path


def all_jobs(places: Places) -> list[Job]:
    """Return every job, the oldest first."""
    with reading(places.store.engine) as connection:
        return _jobs(connection)


def _jobs(connection: Connection) -> list[Job]:
    rows = connection.execute(select(kept_jobs).order_by(kept_jobs.c.number)).mappings()
    return [record_of(Job, dict(row)) for row in rows]


def judged(places: Places, ledger: Ledger, sizes: list[int], *, deep: bool) -> Judgement:
    """Hold what is there against what was acknowledged; the writers pause, the worker need not."""
    found = Judgement()
    uploads = {folder.name for folder in _inside(places.uploads) if any(folder.iterdir())}
    with reading(places.store.engine) as connection:  # everything as it is at one moment
        organisations = list(ORGANISATIONS.load(connection))
        collaborations, briefs = list(COLLABORATIONS.load(connection)), list(BRIEFS.load(connection))
        decisions = list(DECISIONS.load(connection))
        _judge_revisions(connection, found, [*organisations, *collaborations, *briefs], decisions)
        _judge_integrity(connection, found, deep=deep)
        imports = [one for one in _jobs(connection) if one.kind == "import"]
    _judge_made(found, ledger, "decision", Counter(one.reason for one in decisions))
    _judge_made(found, ledger, "brief", Counter(one.title for one in briefs))
    _judge_made(found, ledger, "table", Counter(one.arguments["name"] for one in imports))
    there = next((one.employees for one in organisations if one.id == ASKING), None)
    if ledger.changes and there not in ledger.employees:
        found.lost.append(f"{ASKING} has {there} employees, {ledger.employees} were said or asked")
    _judge_tables(found, organisations, imports, sizes)
    _judge_snapshots(found, places)
    waited = [one for one in imports if one.state == "queued" and one.arguments["upload"] not in uploads]
    found.lost.extend(f"upload of {one.arguments['name']}" for one in waited)
    return found


def _judge_revisions(connection: Connection, found: Judgement, records: list[Any], decisions: list[Any]) -> None:
    for name, held in ((RECORDS, records), (OF_DECISIONS, decisions)):
        told, computed = read(connection, name), combined(NOTHING, removed=(), added=map(fingerprint, held))
        if told != computed:
            found.half_written.append(f"{name} is {told}, that of the records {computed}")


def _judge_integrity(connection: Connection, found: Judgement, *, deep: bool) -> None:
    counts = {
        name: connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar()
        for name in ("organisations", "search")
    }
    if len(set(counts.values())) > 1:
        found.half_written.append(f"organisations and what is searched differ: {counts}")
    if connection.dialect.name == "sqlite":
        checks = ["PRAGMA foreign_key_check", *(["PRAGMA integrity_check"] if deep else [])]
        for check in checks:
            rows = [tuple(row) for row in connection.exec_driver_sql(check)]
            if rows not in ([], [("ok",)]):
                found.half_written.append(f"{check}: {rows[:3]}")


def _judge_made(found: Judgement, ledger: Ledger, kind: str, there: Counter[str]) -> None:
    for one in ledger.of(kind):
        if there[one.token] > 1:
            found.doubled.append(f"{kind} {one.token} is there {there[one.token]} times")
        if one.is_acknowledged and not there[one.token]:
            found.lost.append(f"{kind} {one.token}")


def _judge_tables(found: Judgement, organisations: list[Organisation], jobs: list[Job], sizes: list[int]) -> None:
    """Every slot is of one table, whole: the last one that is done, or one after it that has been begun."""
    by_number = {one.arguments.get("name", "").rpartition("-")[2].removesuffix(".csv"): one for one in jobs}
    place_of = {one.id: place for place, one in enumerate(jobs)}
    for slot, size in enumerate(sizes):
        held = [one for one in organisations if one.id.startswith(f"soak-{slot}-")]
        numbers = {one.employees for one in held}
        done = [place_of[one.id] for number, one in by_number.items() if _is_done(one, number, slot, len(sizes))]
        if not held:
            if done:
                found.lost.append(f"every row of slot {slot}")
            continue
        if len(held) != size or len(numbers) != 1:
            told = f"{len(held)} of {size} rows, of the tables {sorted(map(str, numbers))}"
            found.half_written.append(f"slot {slot}: {told}")
            continue
        number = numbers.pop()
        job = by_number.get(str(number))
        if job is None or job.attempts == 0:
            found.half_written.append(f"slot {slot} holds table {number}, which nobody has begun to import")
        elif done and place_of[job.id] < max(done):
            found.lost.append(f"slot {slot} holds table {number}, a later one is done")
        wrong = [one.id for one in held if f"version {(number or 0) % 3} " not in one.description]
        if wrong:
            found.half_written.append(f"texts of another table: {wrong[:3]}")


def _is_done(job: Job, number: str, slot: int, slots: int) -> bool:
    return number.isdigit() and int(number) % slots == slot and job.state == "done"


def _judge_snapshots(found: Judgement, places: Places) -> None:
    """Whatever stands under the name of a snapshot can be opened, whole."""
    for folder in _inside(places.snapshots):
        if _SNAPSHOT.fullmatch(folder.name):
            try:
                load_snapshot(folder)
            except SnapshotError as error:
                if folder.is_dir():  # else it was removed meanwhile, as old ones are
                    found.half_written.append(f"snapshot {folder.name}: {error}")


def stray_uploads(places: Places, jobs: list[Job]) -> tuple[list[str], list[str]]:
    """Return uploads that jobs left which have ended, and those of which no job was ever told."""
    state_of = {one.arguments["upload"]: one.state for one in jobs if one.kind == "import" and one.arguments}
    there = [folder.name for folder in _inside(places.uploads)]
    return [one for one in there if state_of.get(one) in ENDED], [one for one in there if one not in state_of]


def _inside(folder: Path) -> Iterable[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
