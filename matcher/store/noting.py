"""The list of imports that changed something."""

import json
from datetime import datetime

from sqlalchemy import Connection, select

from matcher.store import Changes, NotedImport
from matcher.store.tables import imports


def note_import(connection: Connection, at: datetime, source: str, changes: Changes, print_of_input: str) -> None:
    """Write down when what was imported, and what that changed."""
    counts = {"added": changes.added, "updated": changes.updated, "unchanged": changes.unchanged}
    connection.execute(
        imports.insert(),
        {
            "at": at.isoformat(timespec="seconds"),
            "source": source,
            "fingerprint": print_of_input,
            "counts": json.dumps(counts),
        },
    )


def noted_imports(connection: Connection, limit: int) -> list[NotedImport]:
    """Return at most `limit` imports, newest first."""
    query = select(imports).order_by(imports.c.id.desc()).limit(max(0, limit))
    return [
        NotedImport(row.id, datetime.fromisoformat(row.at), row.source, row.fingerprint, json.loads(row.counts))
        for row in connection.execute(query)
    ]
