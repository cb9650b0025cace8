"""The store in a SQL database: SQLite or PostgreSQL, one code."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select

from matcher.pausing import without_garbage_collection
from matcher.records import Brief, Collaboration, Decision, Organisation, Records
from matcher.store import Changes, decisions, finding, tables, vectors
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import NOTHING, combined, is_storable
from matcher.store.planning import Plan, plan
from matcher.store.rows import BRIEFS, CHUNK, COLLABORATIONS, DECISIONS, ORGANISATIONS
from matcher.store.writing import write

MAX_DETAILS = 1_000
"""Most changes that `Changes.details` lists; the rest are counted."""

# A decision does not alter a snapshot, which is named by the revision: decisions have one of their own.
_REVISION, _DECISIONS_REVISION = "revision", "decisions_revision"


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
            _lock(connection)
            plans, changes, print_of_input = plan(connection, records, self.max_details)
            if any(one.prints for one in plans):
                for one in plans:
                    write(connection, one)
                _set_revisions(connection, plans)
                self._note_import(connection, source, changes, print_of_input)
        return changes

    def read(self) -> Records:
        """Return everything as it is at one moment, each list ordered by id."""
        with without_garbage_collection(), reading(self.engine) as connection:
            return Records(
                organisations=list(ORGANISATIONS.load(connection)),
                collaborations=list(COLLABORATIONS.load(connection)),
                briefs=list(BRIEFS.load(connection)),
                decisions=list(DECISIONS.load(connection)),
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
        """Return a text that changes whenever the records change, decisions aside, and only then.

        It tells their content.
        """
        with reading(self.engine) as connection:
            return _revision(connection, _REVISION)

    def decisions(self, about: str | None = None) -> list[Decision]:
        """Return the decisions of or about an organisation or `brief:ID` (all where None), newest first.

        Of one day the later step stands first. Both sides may have left the store since.
        """
        if about is not None and not is_storable(about):
            return []
        with reading(self.engine) as connection:
            return decisions.newest_first(connection, about)

    def remove_decision(self, id: str) -> Decision | None:
        """Remove a decision and return it, None where there is none of this id."""
        if not is_storable(id):
            return None
        with writing(self.engine) as connection:
            _lock(connection)
            found = next(DECISIONS.load(connection, [id]), None)
            if found is not None:
                kept = tables.decisions.c
                print_ = connection.execute(select(kept.fingerprint).where(kept.id == id)).scalar_one()
                connection.execute(tables.decisions.delete().where(kept.id == id))
                _change_revision(connection, _DECISIONS_REVISION, removed=[bytes(print_)], added=[])
        return found

    def decisions_revision(self) -> str:
        """Return a text that changes whenever the decisions change, and only then; it tells their content."""
        with reading(self.engine) as connection:
            return _revision(connection, _DECISIONS_REVISION)

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


def _lock(connection: Connection) -> None:
    """Keep other writers out: on PostgreSQL by the lock of a row; SQLite's write transaction does by itself."""
    query = select(tables.meta.c.value).where(tables.meta.c.name == _REVISION)
    connection.execute(query.with_for_update())


def _revision(connection: Connection, name: str) -> str:
    value = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar()
    return NOTHING if value is None else value


def _set_revisions(connection: Connection, plans: Sequence[Plan[Any]]) -> None:
    for name in (_REVISION, _DECISIONS_REVISION):
        own = [one for one in plans if (one.shelf is DECISIONS) == (name == _DECISIONS_REVISION)]
        removed = [each for one in own for each in one.replaced]
        added = [each for one in own for each in one.prints.values()]
        if added:
            _change_revision(connection, name, removed=removed, added=added)


def _change_revision(connection: Connection, name: str, *, removed: Sequence[bytes], added: Sequence[bytes]) -> None:
    connection.execute(
        tables.meta.update().where(tables.meta.c.name == name),
        {"value": combined(_revision(connection, name), removed=removed, added=added)},
    )
