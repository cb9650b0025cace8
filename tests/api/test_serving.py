"""Serving: the command `matcher-api`, its accounts and keys, and the worker beside it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.serving import app, listening
from api.settings import ServiceSettings
from api.state import open_state
from api.work.beside import Beside
from job_builders import ROOT, rows, until
from matcher.errors import InputError
from matcher.store.opening import open_store

PASSWORD = "a long enough password"  # noqa: S105  # of a store that lives as long as a test


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_ENCODER", "hashing")
    return str(tmp_path / "served.db")


def run(*arguments: str, typed: str = "") -> Any:
    """Run the command in this process; what it sets in the environment is taken back."""
    kept = dict(os.environ)
    try:
        return CliRunner().invoke(app, arguments, input=typed)
    finally:
        os.environ.clear()
        os.environ.update(kept)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Served:
    """A service in processes of its own."""

    def __init__(self, db: str, *options: str, **settings: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", "--db", db, "--port", str(self.port), *options],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(self.is_live)

    def is_live(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            return self.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=30, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return httpx.post(f"http://127.0.0.1:{self.port}{path}", timeout=30, **options)

    def workers(self) -> list[int]:
        """Return the processes of the worker, by /proc."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"api.worker" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended
        return found

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)


@pytest.fixture
def served(db: str) -> Iterator[Served]:
    one = Served(db, "--open")
    yield one
    if one.process.poll() is None:
        one.end()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_import_is_done_by_the_worker_and_suggestions_follow_without_a_restart(served: Served) -> None:
    workers = served.workers()
    assert len(workers) == 1
    assert served.get("/health/ready").status_code == 503
    assert served.get("/docs").status_code == 200
    out = served.process.stdout
    assert out is not None
    shown = next(found for line in iter(out.readline, "") if (found := re.search(r"em_\S+", line)))
    key = {"Authorization": f"Bearer {shown[0]}"}
    answer = served.post("/v1/imports", files={"file": ("members.csv", rows(30))}, headers=key)
    assert answer.status_code == 202, answer.text
    until(lambda: served.get("/health/ready").status_code == 200)
    assert served.get("/v1/organisations/new-3/suggestions").json()["suggestions"]
    assert served.get(answer.headers["location"], headers=key).json()["state"] == "done"
    assert "server" not in answer.headers
    _, errors = served.end()
    assert served.process.returncode == 0, errors
    assert not is_alive(workers[0])
    assert "em_" not in errors


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    before = served.workers()[0]
    os.kill(before, signal.SIGKILL)
    until(lambda: [pid for pid in served.workers() if pid != before and is_alive(pid)])
    assert served.is_live()


def test_the_worker_ends_when_its_service_is_killed(served: Served) -> None:
    pid = served.workers()[0]
    served.end(signal.SIGKILL)
    until(lambda: not is_alive(pid))


def test_several_processes_answer_at_one_address_and_end_together(db: str) -> None:
    served = Served(db, MATCHER_API_WORKERS="2")
    assert {served.get("/health/live").status_code for _ in range(8)} == {200}
    out, errors = served.end()
    assert served.process.returncode == 0, errors
    assert re.search(r"http://\S+/setup\?code=\S{20}", out)
    assert "em_" not in out


def test_a_port_that_is_taken_is_told_with_another_one_to_try(db: str) -> None:
    with listening(ServiceSettings(port=free_port())) as listener:
        port = listener.getsockname()[1]
        done = run("--db", db, "--port", str(port))
    assert done.exit_code == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr
    assert f"--port {port + 1}" in done.stderr


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_that_is_not_of_this_machine_is_told(host: str) -> None:
    settings = ServiceSettings(host=host, port=free_port())
    with pytest.raises(InputError, match="cannot listen"), listening(settings):
        pass


def test_the_messages_are_in_the_language_of_the_settings() -> None:
    settings = ServiceSettings(host="203.0.113.7", port=free_port())
    french = replace(settings, matcher=replace(settings.matcher, language="fr"))
    with pytest.raises(InputError, match="ne peut écouter"), listening(french):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104  # refused
def test_trying_out_is_for_this_machine_only(db: str, host: str) -> None:
    done = run("--db", db, "--host", host, "--open")
    assert done.exit_code == 1
    assert "--open is for trying out on this machine" in done.stderr


def test_the_first_administrator_is_made_at_the_command_line(db: str) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    done = run("--db", db, "add-user", "Ann@example.org", "--role", "administrator", typed=typed)
    assert done.exit_code == 0, done.output
    assert "ann@example.org" in done.stdout
    assert PASSWORD not in done.output
    with open_store(db) as store:
        state = open_state(store.engine)
        assert state.people.check_password("ann@example.org", PASSWORD).role == "administrator"
        assert [one.action for one in state.audit.page().items] == ["user.added"]


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add-user", "ann@example.org", "--role", "king"), PASSWORD, "role"),
        (("add-user", "nobody"), PASSWORD, "e-mail"),
        (("add-user", "ann@example.org"), "short", "12"),
        (("add-key", "x", "--scope", "everything"), "", "scope"),
        (("add-key", "", "--role", "reader"), "", "name"),
    ],
)
def test_who_cannot_be_let_in_is_refused_with_why(db: str, arguments: tuple[str, ...], typed: str, told: str) -> None:
    done = run("--db", db, *arguments, typed=f"{typed}\n{typed}\n")
    assert done.exit_code == 1
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_the_same_address_twice_is_refused(db: str) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert run("--db", db, "add-user", "ann@example.org", typed=typed).exit_code == 0
    assert run("--db", db, "add-user", "ann@example.org", typed=typed).exit_code == 1


def test_a_key_is_printed_once_and_opens_what_it_is_for(db: str) -> None:
    done = run("--db", db, "add-key", "my program", "--role", "manager", "--scope", "read", "--days", "30")
    assert done.exit_code == 0, done.output
    text = re.search(r"em_\S+", done.stdout)
    assert text
    with open_store(db) as store:
        key = open_state(store.engine).keys.verify(text[0])
    assert (key.role, key.scopes, key.expires is not None) == ("manager", ("read",), True)
    assert text[0].encode() not in Path(db).read_bytes()


def test_a_process_beside_that_does_not_end_when_told_to_is_killed_and_not_started_again() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    beside = Beside([sys.executable, "-c", stubborn])
    beside.start()
    until(lambda: beside.pid)
    time.sleep(0.5)  # it has to be deaf first
    pid = beside.pid
    assert pid is not None
    beside.end(0.2)
    until(lambda: not is_alive(pid))
    assert beside.pid == pid
