"""What several benchmarks need: the real data, and the store and snapshot of both CORDIS programmes.

All of it is kept in `.benchmarks/`, so that a second run is quick, and made again where the code that makes it
has changed. Vectors depend on the encoder and the text only, and stay.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.fresh import ROOT

CACHE = ROOT / ".benchmarks"
STORE = CACHE / "cordis.db"
ILAB_STORE = CACHE / "ilab.db"
VECTORS = CACHE / "vectors.db"
"""Vectors of texts that were encoded before."""
_STATE = CACHE / "prepared.json"
_IMPORT_CODE = ("matcher/importers", "matcher/store", "matcher/records.py")
PROGRAMMES = ("h2020", "horizon")


class DataAbsentError(Exception):
    """The real data that a benchmark needs is not here."""


def data_file(relative: str) -> Path:
    """Return a file or folder of the real data; DataAbsentError where it is not there."""
    path = data_folder() / relative
    if not path.exists():
        raise DataAbsentError(f"needs {relative} in the folder of real data (environment variable MATCHER_DATA)")
    return path


def data_folder() -> Path:
    """Return the folder of real data, whether it is there or not."""
    return (ROOT / os.environ.get("MATCHER_DATA", "../shared/data")).resolve()


def empty_folder(name: str) -> Path:
    """Return an empty folder below the cache."""
    folder = CACHE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def prepared_store(name: str) -> Path:
    """Return the store of `cordis` (h2020 and horizon) or `ilab`, made where it is not there or the code changed."""
    if name == "cordis":
        prepared_snapshot()
        return STORE
    from matcher.importers import ImportRequest
    from matcher.importers.registry import choose_importer
    from matcher.settings import Settings
    from matcher.store.opening import open_store

    path, file = ILAB_STORE, data_file("ilab/laureats-i-lab.csv")
    for old in CACHE.glob("ilab.db*"):
        old.unlink()
    settings = Settings()
    records, _ = choose_importer(file, None, settings).read(ImportRequest(path=file, settings=settings))
    store = open_store(str(path))
    store.add(records, file.name)
    store.close()
    return path


def prepared_snapshot() -> Path:
    """Return the folder of the snapshot of h2020 and horizon; its store is STORE."""
    folders = [data_file(f"cordis/{programme}") for programme in PROGRAMMES]
    CACHE.mkdir(exist_ok=True)
    state = json.loads(_STATE.read_text(encoding="utf-8")) if _STATE.exists() else {}
    importing = _digest(lambda path: path.startswith(_IMPORT_CODE))
    if state.get("importing") != importing or not STORE.exists():
        _import(folders)
    everything = _digest(lambda path: not path.startswith(("matcher/cli", "matcher/export", "matcher/evaluation")))
    path = _take(again=state.get("snapshot") != everything)
    _STATE.write_text(json.dumps({"importing": importing, "snapshot": everything}), encoding="utf-8")
    return path


def _import(folders: list[Path]) -> None:
    from matcher.importers import ImportRequest
    from matcher.importers.cordis import CordisImporter
    from matcher.store.opening import open_store

    for file in CACHE.glob(f"{STORE.name}*"):
        file.unlink()
    store = open_store(str(STORE))
    for folder in folders:
        print(f"  preparing: importing {folder.name} ...", flush=True)
        records, _ = CordisImporter().read(ImportRequest(path=folder))
        store.add(records, folder.name)
    store.close()


def _take(*, again: bool) -> Path:
    from matcher.settings import Settings
    from matcher.snapshot.files import save_snapshot
    from matcher.snapshot.taking import take_snapshot
    from matcher.store.opening import open_store
    from matcher.workspace import Workspace

    workspace = Workspace(Settings(db=str(STORE)))
    path = workspace.snapshot_path
    if again or not path.is_dir():
        print("  preparing: taking the snapshot; its texts are encoded the first time, some minutes ...", flush=True)
        shutil.rmtree(workspace.snapshots, ignore_errors=True)
        vectors = open_store(str(VECTORS))
        taken = take_snapshot(workspace.store.read(), workspace.encoder, workspace.store.revision(), cache=vectors)
        vectors.close()
        path = save_snapshot(taken, workspace.snapshots)
    workspace.close()
    return path


def _digest(counts: Callable[[str], bool]) -> str:
    """Return a digest of the engine's source files whose path below the root `counts`."""
    sources = sorted((ROOT / "matcher").rglob("*.py")) + sorted((ROOT / "matcher").rglob("*.json"))
    digest = hashlib.sha256()
    for source in sources:
        name = source.relative_to(ROOT).as_posix()
        if counts(name):
            digest.update(name.encode() + b"\n" + source.read_bytes())
    return digest.hexdigest()
