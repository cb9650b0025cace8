"""Databases for long runs: copies of a prepared store, which a run may change, on SQLite and on PostgreSQL."""

import importlib
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fresh import ROOT
from benchmarks.preparing import CACHE, STORE, VECTORS, prepared_snapshot

AT_ONCE = 2_000


@dataclass(frozen=True)
class Database:
    """A store that a run may change, with the settings under which its snapshot is found."""

    db: str
    settings: dict[str, str]
    organisations: list[str]
    """Ids of organisations with a collaboration, by which to ask, in an order of the seed."""
    log: Path


Opened = AbstractContextManager[Database]


@contextmanager
def cordis_on_sqlite(asked: int, *, vectors: bool = True) -> Iterator[Database]:
    """Give a copy of the store of h2020 and horizon; with `vectors` what a worker needs to take snapshots soon."""
    taken = prepared_snapshot()
    with _folder() as folder:
        db = folder / STORE.name
        shutil.copy(STORE, db)
        yield _copied(str(db), folder, taken, asked, vectors=vectors)


@contextmanager
def cordis_on_postgresql(asked: int) -> Iterator[Database]:
    """Give the same records in a PostgreSQL server of its own."""
    from matcher.store.opening import open_store

    taken = prepared_snapshot()
    with _folder() as folder, _running_server() as url:
        with open_store(str(STORE), create=False) as source, open_store(url) as target:
            target.add(source.read(), "copy")
        yield _copied(url, folder, taken, asked, vectors=True)


def _copied(db: str, folder: Path, taken: Path, asked: int, *, vectors: bool) -> Database:
    from benchmarks.asking import who_asks
    from matcher.snapshot.files import load_snapshot

    snapshots = folder / "snapshots"
    shutil.copytree(taken, snapshots / taken.name)
    snapshot = load_snapshot(snapshots / taken.name)
    if vectors:
        _keep_vectors(db, snapshot.encoder)
    settings = {"MATCHER_SNAPSHOTS": str(snapshots), "MATCHER_MODELS": str(folder / "models")}
    settings["MATCHER_API_DATA"] = str(folder / "service")
    return Database(db, settings, who_asks(snapshot, asked), folder / "log")


def _keep_vectors(db: str, encoder: str) -> None:
    """Copy the vectors of all texts, so that a snapshot takes the time of a store that has had one before."""
    import numpy as np
    from sqlalchemy import select

    from matcher.store.connecting import reading
    from matcher.store.opening import open_store
    from matcher.store.tables import vectors

    with open_store(str(VECTORS), create=False) as source, open_store(db) as target:
        with reading(source.engine) as connection:
            kept = list(connection.execute(select(vectors.c.hash).where(vectors.c.encoder == encoder)).scalars())
        for start in range(0, len(kept), AT_ONCE):
            found = source.load_vectors(encoder, kept[start : start + AT_ONCE])
            target.keep_vectors(encoder, list(found), np.stack(list(found.values())))


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder on the disk of the prepared data, removed at the end."""
    folder = CACHE / f"soak-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running_server() -> AbstractContextManager[str]:
    """Return the server that the tests start, from their folder."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    server: AbstractContextManager[str] = importlib.import_module("postgres").running_server()
    return server
