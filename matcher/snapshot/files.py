"""Snapshots on disk: one folder, one .npy file per array, opened as memory maps."""

import json
import os
import shutil
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from matcher.errors import SnapshotError
from matcher.snapshot import Snapshot
from matcher.terms import Terms

FORMAT = 3
"""Raised whenever an array is added, removed or means something else."""


def save_snapshot(snapshot: Snapshot, folder: Path) -> Path:
    """Write a snapshot below `folder` under its own name, whole or not at all, and return its path."""
    target = folder / snapshot.name
    if target.exists():
        return target
    partial = folder / f".{snapshot.name}.{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)  # left by a killed program that had the same number, as in a container
    partial.mkdir(parents=True)
    try:
        scalars: dict[str, Any] = {"format": FORMAT}
        _write(partial, "", snapshot, scalars)
        (partial / "snapshot.json").write_text(json.dumps(scalars, indent=1), encoding="utf-8")
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def load_snapshot(path: Path) -> Snapshot:
    """Open a snapshot; arrays are read from disk only where they are touched.

    Raises SnapshotError where the folder is absent, damaged or of another format.
    """
    try:
        scalars = json.loads((path / "snapshot.json").read_text(encoding="utf-8"))
        if scalars.get("format") != FORMAT:
            raise SnapshotError(f"{path} was written by another version; delete it, it is taken again when needed.")
        return typing.cast(Snapshot, _read(path, "", Snapshot, scalars))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise SnapshotError(f"{path} is damaged ({error}); delete it, it is taken again when needed.") from error


def _stored_fields(kind: type) -> list[tuple[str, Any]]:
    hints = typing.get_type_hints(kind)
    return [(field.name, hints[field.name]) for field in fields(kind) if (kind, field.name) != (Terms, "replaced")]


def _write(folder: Path, prefix: str, value: Any, scalars: dict[str, Any]) -> None:
    for name, _ in _stored_fields(type(value)):
        part, key = getattr(value, name), f"{prefix}{name}"
        if isinstance(part, sparse.csr_array):
            scalars[key] = list(part.shape)
            for array in ("data", "indices", "indptr"):
                np.save(folder / f"{key}.{array}.npy", getattr(part, array), allow_pickle=False)
        elif isinstance(part, np.ndarray):
            np.save(folder / f"{key}.npy", part, allow_pickle=False)
        elif is_dataclass(part):
            _write(folder, f"{key}.", part, scalars)
        else:
            scalars[key] = part


def _read(folder: Path, prefix: str, kind: type, scalars: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for name, hint in _stored_fields(kind):
        key = f"{prefix}{name}"
        origin = typing.get_origin(hint) or hint
        if origin is sparse.csr_array:
            parts = tuple(_array(folder, f"{key}.{array}") for array in ("data", "indices", "indptr"))
            values[name] = sparse.csr_array(parts, shape=tuple(scalars[key]), copy=False)
        elif origin is np.ndarray:
            values[name] = _array(folder, key)
        elif is_dataclass(origin):
            values[name] = _read(folder, f"{key}.", typing.cast(type, origin), scalars)
        else:
            values[name] = scalars[key]
    return kind(**values)


def _array(folder: Path, key: str) -> np.ndarray[Any, Any]:
    path = folder / f"{key}.npy"
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return typing.cast("np.ndarray[Any, Any]", array.view(np.ndarray))
