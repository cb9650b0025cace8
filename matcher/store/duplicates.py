"""Duplicates in a store: pairs that may be one organisation, merges, and what is told apart."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from matcher.store import pairs, revisions
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable
from matcher.store.joining import Beside, Merged, Wanted, merge_two
from matcher.store.pairs import Apart, Pair, PairPage
from matcher.store.separating import Back, MergeNoted, Separated, merges_noted, separate
from matcher.store.sql import SqlStore

PER_PAGE = 20


@dataclass(frozen=True)
class Duplicates:
    """What a store knows of organisations that may be one; nothing is merged but by `merge`."""

    store: SqlStore

    def keep(self, found: Sequence[Pair], revision: str) -> int:
        """Keep the pairs of a revision in place of all others; return how many, those that are two left out."""
        with self._changing() as connection:
            return pairs.keep_pairs(connection, found, revision)

    def is_behind(self) -> bool:
        """Return whether the store has changed since pairs were looked for."""
        with reading(self.store.engine) as connection:
            return pairs.is_behind(connection)

    def was_looked_for(self) -> bool:
        """Return whether pairs were ever looked for."""
        with reading(self.store.engine) as connection:
            return pairs.looked_at(connection) != ""

    def page(self, about: str | None = None, start: int = 0, limit: int = PER_PAGE) -> PairPage:
        """Return at most `limit` pairs from a place on, the surest first, of one organisation or of all (None)."""
        if about is not None and not is_storable(about):
            return PairPage([], 0)
        with reading(self.store.engine) as connection:
            return pairs.page_of_pairs(connection, about, start, limit)

    def pair(self, one: str, other: str) -> Pair | None:
        """Return the pair of two organisations, None where it was not found."""
        if not is_storable(one + other):
            return None
        with reading(self.store.engine) as connection:
            return pairs.kept_pair(connection, one, other)

    def collaborations_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return in how many collaborations organisations take part; those in none are left out."""
        with reading(self.store.engine) as connection:
            return pairs.counts_of(connection, ids)

    def merge(self, wanted: Wanted, beside: Beside | None = None) -> Merged:
        """Merge two organisations in one transaction, with what stands `beside`.

        Raises NotFoundError where one is not there, ConflictError where it is not as expected.
        """
        with self._changing() as connection:
            return merge_two(connection, wanted, self.store.now(), beside)

    def undo(self, number: int, back: Back | None = None) -> Separated:
        """Undo a merge in one transaction; what was changed since stays as it is and is told.

        Raises NotFoundError where there is none to undo, ConflictError where another must be undone first.
        """
        with self._changing() as connection:
            return separate(connection, number, self.store.now(), back)

    def merges(self, limit: int = PER_PAGE) -> list[MergeNoted]:
        """Return at most `limit` merges, the newest first; those that were undone, too."""
        with reading(self.store.engine) as connection:
            return merges_noted(connection, limit)

    def keep_apart(self, one: str, other: str) -> bool:
        """Keep for good that two organisations are two; return whether that was not known before."""
        with self._changing() as connection:
            return pairs.keep_apart(connection, one, other, self.store.now())

    def take_back_apart(self, one: str, other: str) -> bool:
        """Forget that two organisations are two; return whether that was known."""
        if not is_storable(one + other):
            return False
        with self._changing() as connection:
            return pairs.take_back_apart(connection, one, other)

    def told_apart(self, start: int = 0, limit: int = PER_PAGE) -> list[Apart]:
        """Return at most `limit` of those that are two, from a place on, the newest first."""
        with reading(self.store.engine) as connection:
            return pairs.told_apart(connection, start, limit)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with writing(self.store.engine) as connection:
            revisions.lock(connection)
            yield connection
