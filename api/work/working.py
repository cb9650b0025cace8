"""Working: what a job has at hand, how it says how far it is, and how it learns that it is to stop."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Event

from api.settings import ServiceSettings
from api.state import State
from api.state.records import Job
from api.work.keeping import Folders
from matcher.errors import StoreError
from matcher.workspace import Workspace

TOLD_EVERY_SECONDS = 1.0
"""How far a job is, is written so often at most: a loop that says it a thousand times a second costs nothing."""


class Cancelled(Exception):  # noqa: N818  # what happened; nothing is out of order
    """The job is to stop: it was cancelled, given to another worker, or this worker is to end."""


@dataclass
class Work:
    """One job being done; `progress` is what the engine is given wherever it says how far it is."""

    settings: ServiceSettings
    state: State
    job: Job
    now: Callable[[], datetime]
    halted: Event = field(default_factory=Event)
    """Set from another thread where the job is to stop."""
    clock: Callable[[], float] = time.monotonic
    _told: tuple[str, float] = ("", 0.0)

    @property
    def folders(self) -> Folders:
        """Where uploads and what was made for people are kept."""
        return Folders(self.settings.folder)

    @property
    def today(self) -> date:
        """The day, UTC."""
        return self.now().date()

    def progress(self, what: str, done: int, total: int) -> None:
        """Say that `done` of `total` are done of a step, 0 where nobody knows; Cancelled where the job is to stop."""
        if self.halted.is_set():
            raise Cancelled
        step, at = self._told
        if what == step and self.clock() < at + TOLD_EVERY_SECONDS:
            return
        self._told = (what, self.clock())
        try:
            goes_on = self.state.jobs.progress(self.job, what, done, total)
        except StoreError:  # busy: hours of work are not thrown away for a word on how far they are
            return
        if not goes_on:
            raise Cancelled

    @contextmanager
    def workspace(self, language: str = "") -> Iterator[Workspace]:
        """Give a workspace of this job alone, closed at its end: what an earlier one has read may be old."""
        settings = self.settings.matcher
        workspace = Workspace(replace(settings, language=language) if language else settings)
        try:
            yield workspace
        finally:
            workspace.close()
