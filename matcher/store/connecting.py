"""Engines for both databases: how they are set up, and what their errors mean to a user."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from matcher.errors import StoreError

_WRITES = "entremise_writes"

_BUSY = "is being written by another program; wait until it has finished and run the command again"
_HINTS = {
    "locked": _BUSY,
    "lock timeout": _BUSY,
    "readonly": "can only be read; make the file and its folder writable, or use another path",
    "read-only": "can only be read; ask for the right to write, or use another database",
    "not a database": "is no SQLite database; use another path, or move the file away",
    "malformed": "is damaged; restore it from a backup, or move it away and import again",
    "unable to open": "cannot be opened; the file must be readable, and its folder exist and be writable",
    "disk is full": "has no room left on its disk; free some space and run the command again",
    "disk i/o error": "cannot be read or written on its disk; check the disk and run the command again",
    "password": "refuses the login; correct the user and password in the URL",
    "does not exist": "or a part of it does not exist on the server; create it, or correct the URL",
    "failed to resolve": "cannot be reached: its host is not known; correct it in the URL",
    "connection": "cannot be reached; start the server, or correct host and port in the URL",
}


def connect(url: URL, wait_seconds: float) -> Engine:
    """Return an engine whose write transactions exclude each other from their first statement."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": wait_seconds})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Positional parameters on both databases, so that one code hands rows over as plain tuples.
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": max(2, int(wait_seconds))}
    engine = create_engine(url, paramstyle="format", connect_args=arguments)
    milliseconds = int(wait_seconds * 1000)

    def set_lock_timeout(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")

    event.listen(engine, "begin", set_lock_timeout)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the store as it is at one moment; StoreError where it fails."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with explained(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that is committed whole or not at all; StoreError where it fails."""
    with (
        explained(engine),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn an error of the database into a StoreError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_explanation(engine.url, error)) from error


def _explanation(url: URL, error: DBAPIError) -> str:
    cause = str(error.orig).strip()
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    for part, hint in _HINTS.items():
        if part in cause.lower():
            return f"The store {where} {hint}. ({cause})"
    return f"The store {where} refused: {cause}. Nothing was changed."


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, and too late; the `begin` event does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_write = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
