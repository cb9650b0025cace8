"""Copying: the whole database as it is at one moment, into another file, while others read and write."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from matcher.errors import InputError
from matcher.store.connecting import explained

_STEPS = 100_000
"""So many instructions of SQLite pass between two looks at whether to go on: some milliseconds."""


def copy_to(engine: Engine, path: Path, goes_on: Callable[[], bool]) -> None:
    """Write a copy of a SQLite database into a file, which is absent or empty; it holds all that was written before.

    StoreError where that fails, or where it is not to go on; InputError for a database of another kind.
    """
    if engine.dialect.name != "sqlite":
        raise InputError("Only a store in a SQLite file is copied here; for PostgreSQL use pg_dump.")
    with explained(engine), engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # ends the transaction that every connection begins with
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101  # it is connected
        driver.set_progress_handler(lambda: 0 if goes_on() else 1, _STEPS)
        try:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
        finally:
            driver.set_progress_handler(None, 0)
