"""The revisions of a store: one of its records, one of its decisions; a writer holds the lock of the first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from matcher.store import tables
from matcher.store.fingerprints import NOTHING, combined
from matcher.store.planning import Plan
from matcher.store.tables import meta

# A decision does not alter a snapshot, which is named by the revision: decisions have one of their own.
RECORDS, DECISIONS = "revision", "decisions_revision"


def lock(connection: Connection) -> None:
    """Keep other writers out: on PostgreSQL by the lock of a row; SQLite's write transaction does by itself."""
    connection.execute(select(meta.c.value).where(meta.c.name == RECORDS).with_for_update())


def read(connection: Connection, name: str) -> str:
    """Return the revision of this name."""
    value = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return NOTHING if value is None else value


def change(connection: Connection, name: str, *, removed: Sequence[bytes], added: Sequence[bytes]) -> None:
    """Write the revision after records with some fingerprints left the store and others came."""
    value = combined(read(connection, name), removed=removed, added=added)
    connection.execute(meta.update().where(meta.c.name == name), {"value": value})


def follow(connection: Connection, plans: Sequence[Plan[Any]]) -> None:
    """Write the revisions after plans were written."""
    for name in (RECORDS, DECISIONS):
        own = [one for one in plans if (one.shelf.name == tables.decisions.name) == (name == DECISIONS)]
        removed = [each for one in own for each in one.replaced]
        added = [each for one in own for each in one.prints.values()]
        if added:
            change(connection, name, removed=removed, added=added)
