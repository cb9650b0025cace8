"""What lists of records can be asked for: filters, orders, and the pages that come of them."""

from dataclasses import dataclass
from datetime import date
from typing import Generic

from matcher.store.merging import R

Key = tuple[str | None, ...]
"""Where a page ends: (id,), or (value, id) with None for an unknown value; texts only, so that JSON can hold it."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: `by` a field, equals by id; unknown values stand last in both directions."""

    by: str = "id"
    """id; also name for organisations, start for collaborations, closes for briefs."""
    descending: bool = False


BY_ID = Order()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFilter:
    """Which organisations to list; None admits all, an empty tuple none, and all fields must agree."""

    kinds: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    sector: str | None = None
    """One of its sectors, letter for letter."""
    visibility: str | None = None
    not_described_since: date | None = None
    """Described before this day, or nobody knows when."""
    not_verified_since: date | None = None
    """Verified before this day, or nobody knows when."""
    words: str = ""
    """Held by id, identifiers, name, city or texts, every one, as in `find`; blank admits all."""
    described: bool | None = None
    """Whether it has a description, an offer or a need."""
    newcomer: bool | None = None
    """Whether it took part in no collaboration."""
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaborationFilter:
    """Which collaborations to list; None admits all, an empty tuple none, and all fields must agree."""

    kinds: tuple[str, ...] | None = None
    organisation: str | None = None
    """Id of a member."""
    source: str | None = None
    begun_from: date | None = None
    """First day on which it may have begun; unknown days are left out."""
    begun_to: date | None = None
    """Last day on which it may have begun; unknown days are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFilter:
    """Which briefs to list; None admits all, an empty tuple none, and all fields must agree."""

    kinds: tuple[str, ...] | None = None
    owners: tuple[str, ...] | None = None
    open_on: date | None = None
    """A day on which it is open; an unknown first or last day is no bound."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Records in their order, each with its fingerprint, and where the next page goes on."""

    items: list[tuple[R, bytes]]
    next: Key | None
    """None where nothing follows."""
