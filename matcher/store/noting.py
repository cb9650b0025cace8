"""The list of imports that changed something."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from matcher.store import Changes, NotedImport
from matcher.store.fingerprints import is_storable
from matcher.store.tables import import_changes, imports
from matcher.store.undoing import undoable


def note_import(connection: Connection, at: datetime, source: str, changes: Changes, print_of_input: str) -> int:
    """Write down when what was imported, and what that changed; return the import's number."""
    counts = {"added": changes.added, "updated": changes.updated, "unchanged": changes.unchanged}
    values = {
        "at": at.isoformat(timespec="seconds"),
        "source": source,
        "fingerprint": print_of_input,
        "counts": json.dumps(counts),
    }
    number: int = connection.execute(imports.insert().values(values).returning(imports.c.id)).scalar_one()
    return number


def noted_imports(connection: Connection, limit: int) -> list[NotedImport]:
    """Return at most `limit` imports, newest first."""
    can_be_undone = set(undoable(connection))
    query = select(imports).order_by(imports.c.id.desc()).limit(max(0, limit))
    return [_noted(row, can_be_undone=row.id in can_be_undone) for row in connection.execute(query)]


def imports_of(connection: Connection, shelf: str, id: str) -> list[tuple[NotedImport, bool]]:
    """Return which imports changed a record, newest first, each with whether it brought the record.

    Only of imports that can be undone is it known what they changed.
    """
    if not is_storable(id):
        return []
    change = import_changes.c
    query = select(imports, change.before).join(import_changes, change["import"] == imports.c.id)
    query = query.where(change.shelf == shelf, change.id == id).order_by(imports.c.id.desc())
    return [(_noted(row, can_be_undone=True), row.before is None) for row in connection.execute(query)]


def _noted(row: Row[Any], *, can_be_undone: bool) -> NotedImport:
    return NotedImport(
        number=row.id,
        at=datetime.fromisoformat(row.at),
        source=row.source,
        fingerprint=row.fingerprint,
        counts=json.loads(row.counts),
        can_be_undone=can_be_undone,
    )
