"""Processes forked from this one: they share what it has loaded, and hold memory only for what they write to."""

import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import structlog

from api.work.beside import pause_after

_LOOKS_SECONDS = 0.2
_ENDING = (signal.SIGTERM, signal.SIGINT)
FAILED = 1


class Forked:
    """So many processes that do the same, each started again when it dies; they end with this one, however it ends.

    They are forked by a process between, which has no threads: a lock that another thread of this one holds would
    be held in a fork for ever. `start` thus comes before this process starts any.
    """

    def __init__(self, count: int, work: Callable[[], None], patience: float) -> None:
        self._count = count
        self._work = work
        self._patience = patience
        self._between = 0
        self._held = -1

    def start(self) -> None:
        """Start them."""
        sys.stdout.flush()
        sys.stderr.flush()
        gc.collect()
        gc.freeze()  # else the first collection in each would write to every object, and share none
        read, self._held = os.pipe()  # which closes when this process ends
        self._between = os.fork()
        if self._between == 0:
            os.close(self._held)
            _leave_with(_Keeper(self._count, self._work, read, self._patience).run)
        os.close(read)

    def wait(self) -> int:
        """Wait until they have ended by themselves, which they should not, and return the exit code."""
        code = os.waitstatus_to_exitcode(os.waitpid(self._between, 0)[1])
        self._between = 0
        return code or FAILED

    def end(self) -> None:
        """Tell them to end, and wait until they have."""
        os.close(self._held)
        if self._between:
            os.waitpid(self._between, 0)  # it kills those that do not end in time, and ends


class _Keeper:
    """The process between."""

    def __init__(self, count: int, work: Callable[[], None], read: int, patience: float) -> None:
        self._count = count
        self._work = work
        self._read = read
        self._patience = patience
        self._begun: dict[int, float] = {}
        self._pause = 0.0
        self._next = 0.0
        self._is_over = False

    def run(self) -> None:
        """Keep so many processes until this one is told to end, or its parent has ended."""
        for number in _ENDING:
            signal.signal(number, self._end)
        while not self._is_over:
            if len(self._begun) < self._count and time.monotonic() >= self._next:
                self._fork()
                continue
            if select.select([self._read], [], [], _LOOKS_SECONDS)[0]:
                break  # nobody holds the other end any more
            self._bury()
        self._end_all()

    def _end(self, *_: object) -> None:
        self._is_over = True

    def _fork(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # else one that comes too soon is heard as by this process
        pid = os.fork()
        if pid == 0:
            _leave_with(lambda: _watched(self._work, self._read))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        self._begun[pid] = time.monotonic()

    def _bury(self) -> None:
        """Take off the list what has died; what dies soon is started again after ever longer pauses."""
        for pid in list(self._begun):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            now = time.monotonic()
            self._pause = pause_after(now - self._begun.pop(pid), self._pause)
            self._next = now + self._pause
            code = os.waitstatus_to_exitcode(status)
            structlog.get_logger().error("process died", code=code, again_in_seconds=self._pause)

    def _end_all(self) -> None:
        last = time.monotonic() + self._patience
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._begun:
                os.kill(pid, number)
            while self._begun and (number == signal.SIGKILL or time.monotonic() < last):
                self._begun = {pid: at for pid, at in self._begun.items() if not os.waitpid(pid, os.WNOHANG)[0]}
                time.sleep(_LOOKS_SECONDS / 4)


def _watched(work: Callable[[], None], read: int) -> None:
    """Work until told to end, or until the process that holds the other end of a pipe has ended."""
    for number in _ENDING:
        signal.signal(number, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def watch() -> None:
        os.read(read, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
    work()


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _leave_with(work: Callable[[], None]) -> NoReturn:
    """Do something and end, without what the process that was forked does at its end."""
    code = FAILED
    try:
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        code = 0
    except BaseException as error:  # nobody else could tell of it
        structlog.get_logger().error("process", error=type(error).__name__, exc_info=error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
