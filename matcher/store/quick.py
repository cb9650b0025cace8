"""The revision of a SQLite store without SQLAlchemy, for commands that must start fast."""

import sqlite3
from contextlib import closing
from pathlib import Path


def read_revision(path: Path) -> str | None:
    """Return what `SqlStore.revision` returns for the SQLite file, or None when it cannot tell.

    It cannot tell where the file is absent, is no store, is damaged, or cannot be read just now.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as database:
            row = database.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
    except (sqlite3.Error, OSError, ValueError):
        return None
    return row[0] if row is not None and isinstance(row[0], str) else None
