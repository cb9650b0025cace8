"""Fixtures for several test files: an empty store on each database, and a PostgreSQL of their own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from postgres import NoServerError, database_on, running_server

_SLOW = ("postgresql", "sentence_transformer", "european")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count every test on PostgreSQL or a transformer among the slow ones, which `make check` leaves out."""
    for item in items:
        needs_a_server = "postgres_url" in getattr(item, "fixturenames", ())
        if needs_a_server or any(word in item.nodeid for word in _SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server that lives as long as the tests."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_server())
        except NoServerError as error:
            pytest.skip(f"NO POSTGRESQL, the store is tested on SQLite only: {error}")
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Give the URL of an empty database."""
    with database_on(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the path or URL of an empty database, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """Give an empty store, on each database in turn."""
    with open_store(store_url) as opened:
        yield opened
