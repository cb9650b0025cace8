"""Fixtures of the short forms of long runs: a copy of the sample that a service may change, on each database."""

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

from benchmarks.asking import who_asks
from benchmarks.soak.databases import Database, Opened
from commands import sample_store
from matcher.snapshot.files import load_snapshot
from matcher.store.opening import open_store


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a store of the sample and its snapshot, which nobody changes."""
    folder = tmp_path_factory.mktemp("soak-sample")
    sample_store(folder)
    return folder


@pytest.fixture
def database(sample_folder: Path, tmp_path: Path) -> Opened:
    """Give a copy of the sample on SQLite."""
    shutil.copy(sample_folder / "sample.db", tmp_path / "sample.db")
    return nullcontext(_described(str(tmp_path / "sample.db"), sample_folder, tmp_path))


@pytest.fixture
def database_on_postgresql(sample_folder: Path, tmp_path: Path, postgres_url: str) -> Opened:
    """Give a copy of the sample on PostgreSQL."""
    with open_store(str(sample_folder / "sample.db")) as source, open_store(postgres_url) as target:
        target.add(source.read(), "copy")
    return nullcontext(_described(postgres_url, sample_folder, tmp_path))


def _described(db: str, sample: Path, folder: Path) -> Database:
    shutil.copytree(sample / "sample.snapshots", folder / "snapshots")
    taken = next((folder / "snapshots").iterdir())
    settings = {
        "MATCHER_ENCODER": "hashing",
        "MATCHER_SNAPSHOTS": str(folder / "snapshots"),
        "MATCHER_MODELS": str(folder / "models"),
        "MATCHER_API_DATA": str(folder / "service"),
    }
    return Database(db, settings, who_asks(load_snapshot(taken), 20), folder / "log")
