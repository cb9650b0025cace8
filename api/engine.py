"""The engine that answers now: a snapshot, a model and a store, swapped as one when there is something newer."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.errors import MatcherError, NotFoundError, SnapshotError
from matcher.matching import Matcher
from matcher.ranking.model_files import ModelFile, check_encoder
from matcher.ranking.versions import current, read_version
from matcher.settings import Settings
from matcher.snapshot import Snapshot
from matcher.snapshot.files import load_snapshot
from matcher.snapshot.taking import snapshot_name
from matcher.store.fingerprints import NOTHING
from matcher.store.sql import SqlStore
from matcher.workspace import Workspace


@dataclass(frozen=True)
class Ready:
    """What answers a request from its beginning to its end."""

    snapshot: Snapshot
    """Who was hidden or left since it was taken is hidden in it, and thus named in no answer."""
    model: ModelFile
    gone: NDArray[np.bool_] | None = None
    """Who left the store since the snapshot was taken, shape (organisations,); None where nobody did."""

    def matcher(self, today: date, language: str) -> Matcher:
        """Return what answers as on a day, with sentences in a language (en, fr)."""
        return Matcher(self.snapshot, self.model, today, language)


class NotReady(Exception):  # noqa: N818  # a state, not an error
    """There is no snapshot yet; `empty` says whether that is for want of organisations."""

    def __init__(self, *, empty: bool) -> None:
        super().__init__("no snapshot")
        self.empty = empty


class Engine:
    """Keeps the newest snapshot and model at hand; a running request keeps those that it began with.

    A snapshot is taken elsewhere (by the job `snapshot`) and only opened here: `refresh` looks for it. Where the
    newest is not there yet, the last one goes on answering, and `want_snapshot` is told that one is wanted.
    """

    def __init__(
        self, settings: Settings, *, want_snapshot: Callable[[], None], now: Callable[[], datetime] | None = None
    ) -> None:
        self.workspace = Workspace(settings)
        self.store: SqlStore = self.workspace.open_store(create=True)
        self.now = now or (lambda: datetime.now(UTC))
        self.computing = threading.BoundedSemaphore(os.cpu_count() or 1)
        """To be held while suggestions are computed: each takes memory, and only processors make it quicker."""
        self._want_snapshot = want_snapshot
        self._ready: Ready | None = None
        self._veil: tuple[Ready, str, Ready] | None = None
        self._lock = threading.Lock()
        self._veiling = threading.Lock()

    @property
    def encoder(self) -> Encoder:
        """What turns texts into vectors."""
        return self.workspace.encoder

    def today(self) -> date:
        """Return the day, UTC."""
        return self.now().date()

    def ready(self) -> Ready:
        """Return what answers now; NotReady where there is no snapshot yet."""
        if self._ready is None:
            self.refresh()
        if self._ready is None:
            raise NotReady(empty=not self.has_records())
        return self._veiled(self._ready)

    def refresh(self) -> bool:
        """Swap in a newer snapshot or model where there is one, and return whether there was."""
        with self._lock:
            snapshot = self._newest()
            model = self._chosen()
            before = self._ready
            if snapshot is None or (before and (before.snapshot.name, before.model) == (snapshot.name, model)):
                return False
            self._ready = Ready(snapshot, model)
        structlog.get_logger().info("swapped", snapshot=snapshot.name, model=model.name)
        return True

    def is_behind(self) -> bool:
        """Return whether the store has changed since the snapshot that answers."""
        return self._ready is None or self._ready.snapshot.name != self.wanted()

    def wanted(self) -> str:
        """Return the name of the snapshot of the store as it is now."""
        return snapshot_name(self.store.revision(), self.encoder.name)

    def has_records(self) -> bool:
        """Return whether the store holds anything to take a snapshot of."""
        return self.store.revision() != NOTHING

    def close(self) -> None:
        """Close the store."""
        self.workspace.close()

    def _veiled(self, ready: Ready) -> Ready:
        """Return what is ready without those who may not be named any more; looked up once for each revision."""
        revision = self.store.revision()  # before the look at who is there: what changes between is looked up next time
        if ready.snapshot.name == snapshot_name(revision, self.encoder.name):
            return ready
        with self._veiling:
            if self._veil is None or self._veil[0] is not ready or self._veil[1] != revision:
                self._veil = (ready, revision, _without_hidden(ready, self.store.visibilities()))
            return self._veil[2]

    def _newest(self) -> Snapshot | None:
        """Return the snapshot of the store as it is now, else the last one; None where there is none."""
        wanted = self.wanted()
        present = self._ready.snapshot if self._ready else None
        if present is not None and present.name == wanted:
            return present
        if (path := self.workspace.snapshots / wanted).is_dir():
            try:
                return load_snapshot(path)
            except SnapshotError as error:  # the job that is wanted takes it again
                structlog.get_logger().error("snapshot", name=wanted, problem=str(error))
        if self.has_records():
            self._want_snapshot()
        return self._last(present)

    def _last(self, present: Snapshot | None) -> Snapshot | None:
        """Return the snapshot that was taken last: in a store that always changes, none is ever of how it is now."""
        folders = self.workspace.snapshots.glob("[0-9a-f]*/snapshot.json")
        for path in sorted(folders, key=_taken, reverse=True):
            if present is not None and path.parent.name == present.name:
                return present
            try:
                snapshot = load_snapshot(path.parent)
            except MatcherError:
                continue  # of an older version; a new one is wanted already
            if snapshot.encoder == self.encoder.name:
                return snapshot
        return present

    def _chosen(self) -> ModelFile:
        """Return the model in use, read again only where another was chosen; the last good one where it is damaged."""
        name = current(self.workspace.models)
        if self._ready is not None and self._ready.model.name == name:
            return self._ready.model
        try:
            model = read_version(self.workspace.models, name)
            check_encoder(model, self.encoder.name)
        except (MatcherError, NotFoundError) as error:
            if self._ready is None:
                raise
            structlog.get_logger().error("model", name=name, problem=str(error))
            return self._ready.model
        return model


def _without_hidden(ready: Ready, visibilities: Mapping[str, str]) -> Ready:
    found = [visibilities.get(id) for id in ready.snapshot.organisations.ids]
    gone = np.array([one is None for one in found])
    hidden = gone | np.array([one == "hidden" for one in found])
    return Ready(ready.snapshot.hiding(hidden), ready.model, gone if gone.any() else None)


def _taken(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.parent.name
