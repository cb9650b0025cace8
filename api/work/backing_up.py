"""Backing up: the whole database and the fitted models in one file, made while others read and write."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Engine

from api.work.working import Cancelled, Work
from matcher.errors import StoreError
from matcher.store.copying import copy_to

_CHUNK = 1 << 20
_QUICKLY = 1
"""Level of compression: the service answers meanwhile."""


def back_up(work: Work) -> dict[str, Any]:
    """Write a zip with the SQLite file and the folder of models under their own names; InputError for PostgreSQL.

    It holds what nobody else may read, so only the service's own account reads it.
    """
    path = work.folders.backup(work.job.id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy, partial = path.with_suffix(".db"), path.with_suffix(".partial")
    try:
        with work.workspace() as workspace:
            engine, models = workspace.store.engine, workspace.models
            work.progress("copying", 0, 0)
            _empty(copy)
            _copy(work, engine, copy)
            files = [(f"{models.name}/{one.name}", one) for one in sorted(models.glob("*.json"))]
            files.insert(0, (Path(engine.url.database or "").name, copy))
        _empty(partial)
        _pack(work, files, partial)
        work.progress("writing", 0, 0)  # the last moment to stop: an erasure must not find a copy made meanwhile
        partial.replace(path)
    finally:
        for one in (copy, partial):
            one.unlink(missing_ok=True)
    return {"bytes": path.stat().st_size, "models": len(files) - 1}


def _copy(work: Work, engine: Engine, path: Path) -> None:
    try:
        copy_to(engine, path, lambda: not work.halted.is_set())
    except StoreError:
        if work.halted.is_set():
            raise Cancelled from None
        raise


def _pack(work: Work, files: list[tuple[str, Path]], path: Path) -> None:
    sizes = [one.stat().st_size for _, one in files]
    done = 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_QUICKLY) as packed:
        for (name, one), size in zip(files, sizes, strict=True):
            entry = ZipInfo(name, work.now().timetuple()[:6])
            entry.compress_type, entry.file_size = ZIP_DEFLATED, size
            with packed.open(entry, "w", force_zip64=True) as into:
                for chunk in _chunks(one):
                    into.write(chunk)
                    done += len(chunk)
                    work.progress("packing", done, sum(sizes))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _empty(path: Path) -> None:
    """Make an empty file that only this account reads."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
