"""A service in processes of its own, at a free port of 127.0.0.1, as `matcher-api` starts it."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx

from benchmarks.fresh import ROOT, MeasuringError, environment

LONGEST_START = 120.0


class Served:
    """A service with its worker; `key` may do everything. Its log, lines of JSON, is in the file `log`.

    `settings` are environment variables, e.g. MATCHER_API_WORKERS="2". A context manager, which ends what it started.
    """

    def __init__(self, db: str, log: Path, *options: str, **settings: str) -> None:
        self.db = db
        self.log = log
        self.port = free_port()
        self._environment = {
            **environment(None),
            "MATCHER_API_REQUESTS_PER_MINUTE": "100000000",
            **settings,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        self._options = options
        self.process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def at(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.port}"

    def start_again(self) -> None:
        """Start it again at the same port, after it was ended or killed."""
        self.process = self._started()

    def make_key(self, role: str = "administrator") -> str:
        """Return a new API key, made as an operator does."""
        command = [sys.executable, "-m", "api", "--db", self.db, "add-key", "soak", "--role", role]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        found = re.search(r"em_\S+", done.stdout)
        if found is None:
            raise MeasuringError(f"no key was printed: {done.stdout} {done.stderr}")
        return found[0]

    def client(self, key: str) -> httpx.Client:
        """Return a client that asks with a key."""
        return httpx.Client(base_url=self.at, headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def is_live(self) -> bool:
        """Return whether it answers; MeasuringError where it has ended."""
        if self.process.poll() is not None:
            raise MeasuringError(f"the service ended with {self.process.returncode}: {self.tail()}")
        return self._status("/health/live") == 200

    def is_ready(self) -> bool:
        """Return whether it answers with suggestions."""
        return self.is_live() and self._status("/health/ready") == 200

    def workers(self) -> list[int]:
        """Return the numbers of its worker's processes."""
        return [pid for pid, command in self.children() if b"api.worker" in command]

    def children(self) -> list[tuple[int, bytes]]:
        """Return number and command of every process that it started, by /proc."""
        return children_of(self.process.pid)

    def answering(self) -> list[int]:
        """Return the numbers of its processes and theirs, all but the worker that does its jobs."""
        found, left = [], [(self.process.pid, b"")]
        while left:
            pid, command = left.pop()
            if b"api.worker" not in command:
                found.append(pid)
                left += children_of(pid)
        return sorted(found)

    def tail(self, characters: int = 2_000) -> str:
        """Return the end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-characters:]

    def kill(self) -> None:
        """End it as a power cut would, its worker too, and wait until both are gone."""
        doomed = [pid for pid, _ in self.children()]
        self.process.kill()
        self.process.wait(60)
        for pid in doomed:
            until(lambda pid=pid: not is_alive(pid))  # type: ignore[misc]  # mypy: the default cannot be inferred

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator does, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "api", "--db", self.db, "--port", str(self.port), *self._options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        until(self.is_live)
        return self.process

    def _status(self, path: str) -> int:
        try:
            return httpx.get(self.at + path, timeout=30).status_code
        except httpx.TransportError:
            return 0


def children_of(parent: int) -> list[tuple[int, bytes]]:
    """Return number and command of every process that a process started, by /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append((int(folder.name), (folder / "cmdline").read_bytes()))
        except OSError:
            continue  # it has ended
    return sorted(found)


def until(condition: Callable[[], Any], seconds: float = LONGEST_START) -> Any:
    """Return the first true value of a condition that is looked at again and again; MeasuringError after so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise MeasuringError(f"waited {seconds:g} s in vain for {getattr(condition, '__qualname__', condition)}")


def is_alive(pid: int) -> bool:
    """Return whether a process runs: one that has ended and not been waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def memory_of(pid: int) -> dict[str, int]:
    """Return bytes of a process: `Rss`, `Pss` (shared pages divided among who shares them), `Private` (its own).

    `Anonymous` is what is no page of a file, whether it is shared or not.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    bytes_of = {name: int(rest.split()[0]) * 1024 for name, rest in (line.split(":", 1) for line in lines)}
    private = bytes_of["Private_Clean"] + bytes_of["Private_Dirty"]
    return {"Rss": bytes_of["Rss"], "Pss": bytes_of["Pss"], "Private": private, "Anonymous": bytes_of["Anonymous"]}


def percentile(values: list[float], share: float) -> float:
    """Return the value below or at which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
