"""Fixtures for several test files: an empty store on each database, and a PostgreSQL of their own."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from postgres import NoServerError, running_server

_numbers = itertools.count(1)


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
def postgres_url(postgres_server: str) -> str:
    """Give the URL of an empty database."""
    import psycopg

    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_server.replace("/postgres?", f"/{name}?")


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
