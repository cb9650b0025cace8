"""The store in a SQL database: SQLite or PostgreSQL, one code."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select

from matcher.pausing import without_garbage_collection
from matcher.records import Brief, Collaboration, Decision, Organisation, Records
from matcher.store import (
    Changes,
    Expect,
    NotedImport,
    Removed,
    Undone,
    changing,
    decisions,
    finding,
    listing,
    removing,
    revisions,
    tables,
    undoing,
    vectors,
)
from matcher.store.connecting import reading, writing
from matcher.store.filters import BY_ID, BriefFilter, CollaborationFilter, Key, Order, OrganisationFilter, Page
from matcher.store.fingerprints import is_storable
from matcher.store.merging import R
from matcher.store.noting import note_import, noted_imports
from matcher.store.planning import plan
from matcher.store.rows import BRIEFS, CHUNK, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf
from matcher.store.writing import write

MAX_DETAILS = 1_000
"""Most changes that `Changes.details` lists; the rest are counted."""

PER_PAGE = 100
"""Records of a page where nothing else is asked for."""

Clock = Callable[[], datetime]
Expected = bytes | Expect
"""A fingerprint, or what is expected instead of one."""


class SqlStore:
    """Keeps records and vectors in the database behind an engine; open one with `open_store`."""

    def __init__(self, engine: Engine, *, now: Clock | None = None, max_details: int = MAX_DETAILS) -> None:
        self.engine = engine
        self.now: Clock = now or partial(datetime.now, UTC)
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
        with without_garbage_collection(), self._changing() as connection:
            plans, changes, print_of_input = plan(connection, records, self.max_details)
            if any(one.prints for one in plans):
                for one in plans:
                    write(connection, one)
                revisions.follow(connection, plans)
                changes.number = note_import(connection, self.now(), source, changes, print_of_input)
                undoing.remember(connection, changes.number, plans)
        return changes

    def undo(self, number: int) -> Undone | None:
        """Take an import back, as far as nothing was changed since, in one transaction; None where that cannot be."""
        with without_garbage_collection(), self._changing() as connection:
            return undoing.undo(connection, number)

    def can_undo(self, number: int) -> bool:
        """Return whether an import can be taken back, all of it or in part."""
        with reading(self.engine) as connection:
            return undoing.can_undo(connection, number)

    def read(self) -> Records:
        """Return everything as it is at one moment, each list ordered by id."""
        return self.read_with_revision()[0]

    def read_with_revision(self) -> tuple[Records, str]:
        """Return everything and the revision as they are at one moment, however much is written meanwhile."""
        with without_garbage_collection(), reading(self.engine) as connection:
            revision = revisions.read(connection, revisions.RECORDS)
            organisations, collaborations = list(ORGANISATIONS.load(connection)), list(COLLABORATIONS.load(connection))
            briefs, decided = list(BRIEFS.load(connection)), list(DECISIONS.load(connection))
            return Records(organisations, collaborations, briefs, decided), revision

    def organisation(self, id: str) -> Organisation | None:
        """Return one organisation, or None."""
        return self._one(ORGANISATIONS, id)

    def collaboration(self, id: str) -> Collaboration | None:
        """Return one collaboration, or None."""
        return self._one(COLLABORATIONS, id)

    def brief(self, id: str) -> Brief | None:
        """Return one brief, or None."""
        return self._one(BRIEFS, id)

    def organisation_with_print(self, id: str) -> tuple[Organisation, bytes] | None:
        """Return one organisation with its fingerprint of 16 bytes, which `put` can expect; or None."""
        return self._with_print(ORGANISATIONS, id)

    def collaboration_with_print(self, id: str) -> tuple[Collaboration, bytes] | None:
        """Return one collaboration with its fingerprint of 16 bytes, which `put` can expect; or None."""
        return self._with_print(COLLABORATIONS, id)

    def brief_with_print(self, id: str) -> tuple[Brief, bytes] | None:
        """Return one brief with its fingerprint of 16 bytes, which `put` can expect; or None."""
        return self._with_print(BRIEFS, id)

    def organisations_page(
        self, filters: OrganisationFilter, after: Key | None = None, limit: int = PER_PAGE, *, order: Order = BY_ID
    ) -> Page[Organisation]:
        """Return at most `limit` organisations that pass, after a page's `next`; InputError where that is none."""
        with reading(self.engine) as connection:
            return listing.organisations_page(connection, filters, order, after, limit)

    def collaborations_page(
        self, filters: CollaborationFilter, after: Key | None = None, limit: int = PER_PAGE, *, order: Order = BY_ID
    ) -> Page[Collaboration]:
        """Return at most `limit` collaborations that pass, after a page's `next`; InputError where that is none."""
        with reading(self.engine) as connection:
            return listing.collaborations_page(connection, filters, order, after, limit)

    def briefs_page(
        self, filters: BriefFilter, after: Key | None = None, limit: int = PER_PAGE, *, order: Order = BY_ID
    ) -> Page[Brief]:
        """Return at most `limit` briefs that pass, after a page's `next`; InputError where that is none."""
        with reading(self.engine) as connection:
            return listing.briefs_page(connection, filters, order, after, limit)

    def imports(self, limit: int = PER_PAGE) -> list[NotedImport]:
        """Return at most `limit` imports that changed something, newest first."""
        with reading(self.engine) as connection:
            return noted_imports(connection, limit)

    def put(self, record: Organisation | Collaboration | Brief, expected: Expected) -> bytes:
        """Write exactly this record in one transaction and return its fingerprint; a blank field erases.

        Raises ConflictError where the record is not as expected, InputError where it cannot be kept or
        names an organisation that nobody knows.
        """
        with self._changing() as connection:
            return changing.put(connection, record, expected)

    def remove_organisation(self, id: str, expected: Expected = Expect.ANY) -> Removed | None:
        """Remove an organisation in one transaction; None where there is none, ConflictError where it differs.

        It leaves its collaborations, and those without another member, its briefs and the decisions of or
        about it or them go; so does its id from conflicts and exclusions. Vectors go by `remove_vectors`.
        """
        with self._changing() as connection:
            return removing.remove_organisation(connection, id, expected) if is_storable(id) else None

    def remove_collaboration(self, id: str, expected: Expected = Expect.ANY) -> Removed | None:
        """Remove a collaboration in one transaction; None where there is none, ConflictError where it differs."""
        with self._changing() as connection:
            return removing.remove_collaboration(connection, id, expected) if is_storable(id) else None

    def remove_brief(self, id: str, expected: Expected = Expect.ANY) -> Removed | None:
        """Remove a brief and its decisions in one transaction, as `remove_collaboration` does."""
        with self._changing() as connection:
            return removing.remove_brief(connection, id, expected) if is_storable(id) else None

    def scrub(self) -> None:
        """Rewrite the database without what was removed; StoreError where another program prevents that."""
        removing.scrub(self.engine)

    def organisation_ids(self) -> list[str]:
        """Return the ids of all organisations, in order."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(tables.organisations.c.id).order_by("id")).scalars())

    def visibilities(self) -> dict[str, str]:
        """Return whether each organisation is public or hidden, by id."""
        one = tables.organisations.c
        with without_garbage_collection(), reading(self.engine) as connection:
            return {row.id: row.visibility for row in connection.execute(select(one.id, one.visibility))}

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
            return revisions.read(connection, revisions.RECORDS)

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
        with self._changing() as connection:
            return removing.remove_decision(connection, id)

    def decisions_revision(self) -> str:
        """Return a text that changes whenever the decisions change, and only then; it tells their content."""
        with reading(self.engine) as connection:
            return revisions.read(connection, revisions.DECISIONS)

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

    def remove_vectors(self, keep: Collection[str], encoder: str | None = None) -> int:
        """Remove vectors whose text hash is not to be kept, of one encoder (all where None); return how many."""
        with writing(self.engine) as connection:
            return removing.remove_vectors(connection, keep, encoder)

    def _one(self, shelf: Shelf[R], id: str) -> R | None:
        if not is_storable(id):
            return None
        with reading(self.engine) as connection:
            return next(shelf.load(connection, [id]), None)

    def _with_print(self, shelf: Shelf[R], id: str) -> tuple[R, bytes] | None:
        if not is_storable(id):
            return None
        with reading(self.engine) as connection:
            return listing.with_print(connection, shelf, id)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Give a connection in a write transaction that keeps other writers out."""
        with writing(self.engine) as connection:
            revisions.lock(connection)
            yield connection
