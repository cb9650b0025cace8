"""The store: one truth, in SQLite by default or PostgreSQL by URL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.records import Brief, Decision, Organisation, Records

__all__ = ["Changes", "DecisionLog", "Expect", "NotedImport", "Removed", "Store", "Undone", "VectorCache"]


@dataclass(slots=True)
class Changes:
    """What adding records did: per table, how many were added, updated and left as they were.

    Decisions are counted where any were given.

    `details` names changes for the user: (table, id, field, old, new), at most `max_details`.
    """

    added: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    details: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    details_left_out: int = 0
    aliases: dict[str, str] = field(default_factory=dict)
    """Ids that were given and are gone by a merge, each with the organisation that stays, which was meant."""
    number: int | None = field(default=None, compare=False)
    """Of the import in the list of imports; None where nothing was changed."""


class Expect(Enum):
    """What a change expects to find where it does not expect one fingerprint."""

    ANY = "any"
    """Whatever there is, or nothing."""
    NOTHING = "nothing"
    """No record of this id yet."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: per table, how many rows left it, and how many stayed with a name less."""

    removed: dict[str, int]
    changed: dict[str, int]


@dataclass(slots=True)
class Undone:
    """What undoing an import did, per table."""

    removed: dict[str, int] = field(default_factory=dict)
    """How many that it had added are gone."""
    restored: dict[str, int] = field(default_factory=dict)
    """How many that it had changed are as before."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """(table, id) of each that stays as it is, since it was changed after the import or others name it."""


@dataclass(frozen=True, slots=True)
class NotedImport:
    """One import that changed something."""

    number: int
    """Counted upwards; the newest is the largest."""
    at: datetime
    source: str
    fingerprint: str
    """Print of what was given, as 32 hexadecimal digits: the same input has the same."""
    counts: dict[str, dict[str, int]]
    """added, updated and unchanged, each by table."""
    can_be_undone: bool


class Store(Protocol):
    """Keeps records; adding is one transaction, and adding the same records twice changes nothing."""

    def add(self, records: Records, source: str, *, dry_run: bool = False) -> Changes:
        """Add or update records in one transaction; a blank field never erases a known one."""

    def read(self) -> Records:
        """Return everything, each list ordered by id."""

    def organisation(self, id: str) -> Organisation | None:
        """Return one organisation, or None."""

    def brief(self, id: str) -> Brief | None:
        """Return one brief, or None."""

    def find(self, words: str, limit: int = 20) -> list[Organisation]:
        """Return organisations whose id, identifiers, name, city or texts hold every word, best first."""

    def revision(self) -> str:
        """Return a text that changes whenever the records change, decisions aside, and only then."""


class DecisionLog(Protocol):
    """Keeps what was decided about suggestions; `Store.add` adds to it."""

    def decisions(self, about: str | None = None) -> list[Decision]:
        """Return the decisions of or about an organisation or `brief:ID` (all where None), newest first."""

    def remove_decision(self, id: str) -> Decision | None:
        """Remove a decision and return it, None where there is none of this id."""

    def decisions_revision(self) -> str:
        """Return a text that changes whenever the decisions change, and only then."""


class VectorCache(Protocol):
    """Keeps vectors by (encoder name, text hash)."""

    def load_vectors(self, encoder: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are kept, by hash; absent ones are left out."""

    def keep_vectors(self, encoder: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors of shape (n, d) in one transaction; keeping one twice changes nothing."""
