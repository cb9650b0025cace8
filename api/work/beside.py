"""A process beside this one: the worker beside the service, for as long as that lives."""

import os
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

LONGEST_PAUSE = 30.0
LASTED_SECONDS = 60.0
"""A worker that lived so long is started again at once when it dies; one that dies sooner, after ever longer pauses."""


def pause_after(lasted: float, pause: float) -> float:
    """Return how many seconds to wait before a process that has died is started again.

    `lasted` is how long it lived, `pause` what was waited before it began; both in seconds.
    """
    return 0.1 if lasted > LASTED_SECONDS else min(LONGEST_PAUSE, max(1.0, 2 * pause))


class Beside:
    """A process beside this one: started again when it dies, ended with this one."""

    def __init__(self, command: list[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._command = command
        self._clock = clock
        self._over = threading.Event()
        self._process: subprocess.Popen[Any] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker", daemon=True)
        self._log = structlog.get_logger()

    @property
    def pid(self) -> int | None:
        """Number of the process, None while there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def end(self, patience: float) -> None:
        """Tell it to end, and kill it where it has not after so many seconds."""
        self._over.set()
        if (process := self._process) is not None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()  # its job is found by the next worker
        self._thread.join(patience)

    def _keep(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            begun = self._clock()
            # It reads its standard input, whose other end closes with this process, however that ends. Its numbers
            # are computed on one core, so that those who ask have the others.
            environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **os.environ}
            try:
                code = self._live(environment)
            except OSError as error:  # no room for another process at the moment
                code = error.errno or -1
            if self._over.is_set():
                return
            pause = pause_after(self._clock() - begun, pause)
            self._log.error("worker died", code=code, again_in_seconds=pause)

    def _live(self, environment: dict[str, str]) -> int:
        """Run the process from its beginning to its end, and return how it ended."""
        with subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environment) as process:  # noqa: S603
            self._process = process
            if self._over.is_set():
                process.terminate()
            return process.wait()
