"""The store in a SQL database: SQLite or PostgreSQL, one code."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select

from matcher.pausing import without_garbage_collection
from matcher.records import Brief, Collaboration, Organisation, Records
from matcher.store import Changes, finding, tables, vectors
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import NOTHING, combined, is_storable
from matcher.store.planning import Plan, plan
from matcher.store.rows import BRIEFS, CHUNK, COLLABORATIONS, ORGANISATIONS
from matcher.store.writing import write

MAX_DETAILS = 1_000
"""Most changes that `Changes.details` lists; the rest are counted."""


def _now() -> datetime:
    return datetime.now(UTC)


class SqlStore:
    """Keeps records and vectors in the database behind an engine; open one with `open_store`."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = _now, max_details: int = MAX_DETAILS) -> None:
        self.engine = engine
        self.now = now
        self.max_details = max_details

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection to the database."""
        self.engine.dispose()

    def add(self, records: Records, source: str, *, dry_run: bool = False) -> Changes:
        """Add or update records in one transaction; a blank field never erases a known one.

        `source` is kept with the time in the list of imports, where anything changed. A dry run says
        what would change and writes nothing. Raises InputError where a record cannot be kept or names an
        organisation that nobody knows, StoreError where the database cannot be written.
        """
        if dry_run:
            with without_garbage_collection(), reading(self.engine) as connection:
                return plan(connection, records, self.max_details)[1]
        with without_garbage_collection(), writing(self.engine) as connection:
            revision = _revision(connection, for_update=True)
            plans, changes, print_of_input = plan(connection, records, self.max_details)
            if any(one.prints for one in plans):
                for one in plans:
                    write(connection, one)
                _set_revision(connection, revision, plans)
                self._note_import(connection, source, changes, print_of_input)
        return changes

    def read(self) -> Records:
        """Return everything as it is at one moment, each list ordered by id."""
        with without_garbage_collection(), reading(self.engine) as connection:
            return Records(
                organisations=list(ORGANISATIONS.load(connection)),
                collaborations=list(COLLABORATIONS.load(connection)),
                briefs=list(BRIEFS.load(connection)),
            )

    def organisation(self, id: str) -> Organisation | None:
        """Return one organisation, or None."""
        if not is_storable(id):
            return None
        with reading(self.engine) as connection:
            return next(ORGANISATIONS.load(connection, [id]), None)

    def brief(self, id: str) -> Brief | None:
        """Return one brief, or None."""
        if not is_storable(id):
            return None
        with reading(self.engine) as connection:
            return next(BRIEFS.load(connection, [id]), None)

    def organisation_ids(self) -> list[str]:
        """Return the ids of all organisations, in order."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(tables.organisations.c.id).order_by("id")).scalars())

    def names_of(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the names of organisations by id, "" where it is blank; unknown ids are left out."""
        one = tables.organisations.c
        names: dict[str, str] = {}
        asked = [id for id in ids if is_storable(id)]
        with reading(self.engine) as connection:
            for start in range(0, len(asked), CHUNK):
                found = connection.execute(select(one.id, one.name).where(one.id.in_(asked[start : start + CHUNK])))
                names.update((id, name) for id, name in found)
        return names

    def collaborations_of(self, id: str) -> list[Collaboration]:
        """Return the collaborations in which an organisation took part, ordered by id; empty where it is unknown."""
        if not is_storable(id):
            return []
        member = tables.memberships.c
        with reading(self.engine) as connection:
            query = select(member.collaboration).where(member.organisation == id).order_by(member.collaboration)
            return list(COLLABORATIONS.load(connection, list(connection.execute(query.distinct()).scalars())))

    def find(self, words: str, limit: int = 20) -> list[Organisation]:
        """Return organisations whose id, identifiers, name, city or texts hold every word, best first.

        Case and accents do not matter. Best is: id or identifier, name, start of the name, part of the
        name, elsewhere in name, id, identifiers and city, sectors and texts; equals by id.
        """
        with reading(self.engine) as connection:
            ids = finding.find_ids(connection, words, limit)
            found = {one.id: one for one in ORGANISATIONS.load(connection, ids)}
        return [found[id] for id in ids]

    def revision(self) -> str:
        """Return a text that changes whenever the records change, and only then; it tells their content."""
        with reading(self.engine) as connection:
            return _revision(connection)

    def load_vectors(self, encoder: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are kept, by hash; absent ones are left out.

        Each has shape (d,) and is read-only.
        """
        with without_garbage_collection(), reading(self.engine) as connection:
            return vectors.load(connection, encoder, hashes)

    def keep_vectors(self, encoder: str, hashes: Sequence[str], vectors_: NDArray[np.float32]) -> None:
        """Keep vectors of shape (n, d) in one transaction; keeping one twice changes nothing."""
        with writing(self.engine) as connection:
            vectors.keep(connection, encoder, hashes, vectors_)

    def _note_import(self, connection: Connection, source: str, changes: Changes, print_of_input: str) -> None:
        counts = {"added": changes.added, "updated": changes.updated, "unchanged": changes.unchanged}
        connection.execute(
            tables.imports.insert(),
            {
                "at": self.now().isoformat(timespec="seconds"),
                "source": source,
                "fingerprint": print_of_input,
                "counts": json.dumps(counts),
            },
        )


def _revision(connection: Connection, *, for_update: bool = False) -> str:
    query = select(tables.meta.c.value).where(tables.meta.c.name == "revision")
    # On PostgreSQL the row's lock keeps writers apart; SQLite's write transaction does by itself.
    value = connection.execute(query.with_for_update() if for_update else query).scalar()
    return NOTHING if value is None else value


def _set_revision(connection: Connection, revision: str, plans: Sequence[Plan[Any]]) -> None:
    removed = [one for each in plans for one in each.replaced]
    added = [one for each in plans for one in each.prints.values()]
    connection.execute(
        tables.meta.update().where(tables.meta.c.name == "revision"),
        {"value": combined(revision, removed=removed, added=added)},
    )
