"""Pairs of organisations that may be one: kept for one revision of the store, and told apart for good."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from matcher.store import aliases, revisions
from matcher.store.tables import apart, memberships, meta, organisations, pairs
from matcher.store.writing import insert_rows

LOOKED_AT = "pairs_revision"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against two organisations being one."""

    kind: str
    """Code of the vocabulary `duplicates`."""
    weight: float
    """Log-odds: above 0 it speaks for one, below 0 for two."""
    what: str = ""
    """The value that both have, or the scheme of an identifier and the like; what a sentence names."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that may be one, in order of their ids."""

    left: str
    right: str
    confidence: float
    """In [0, 1]: how sure it is that they are one, by the evidence."""
    evidence: tuple[Evidence, ...]
    """What speaks most for it first, what speaks against it last."""


@dataclass(frozen=True, slots=True)
class PairPage:
    """Part of the pairs, the surest first."""

    items: list[Pair]
    count: int
    """How many there are on all pages."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two organisations that somebody says are two."""

    left: str
    right: str
    at: datetime


def ordered(one: str, other: str) -> tuple[str, str]:
    """Return two ids in the order in which a pair names them."""
    return (one, other) if one < other else (other, one)


def keep_pairs(connection: Connection, found: Sequence[Pair], revision: str) -> int:
    """Keep the pairs of a revision in place of all others, without those that are two or gone; return how many."""
    two = _told_apart(connection)
    present = frozenset(connection.execute(select(organisations.c.id)).scalars())
    kept = [one for one in found if (one.left, one.right) not in two and {one.left, one.right} <= present]
    connection.execute(pairs.delete())
    insert_rows(connection, pairs, ((one.left, one.right, one.confidence, _text(one.evidence)) for one in kept))
    connection.execute(meta.update().where(meta.c.name == LOOKED_AT).values(value=revision))
    return len(kept)


def looked_at(connection: Connection) -> str:
    """Return the revision of the store whose pairs are kept, "" where nobody has looked yet."""
    return connection.execute(select(meta.c.value).where(meta.c.name == LOOKED_AT)).scalar() or ""


def is_behind(connection: Connection) -> bool:
    """Return whether the store has changed since pairs were looked for."""
    return looked_at(connection) != revisions.read(connection, revisions.RECORDS)


def page_of_pairs(connection: Connection, about: str | None, start: int, limit: int) -> PairPage:
    """Return at most `limit` pairs from a place on, of one organisation or all."""
    conditions = _shown(about)
    count = connection.execute(select(func.count()).select_from(pairs).where(*conditions)).scalar_one()
    order = (pairs.c.confidence.desc(), pairs.c.left, pairs.c.right)
    rows = connection.execute(select(pairs).where(*conditions).order_by(*order).offset(start).limit(limit))
    return PairPage([_pair(row) for row in rows], count)


def kept_pair(connection: Connection, one: str, other: str) -> Pair | None:
    """Return the pair of two organisations, None where it was not found."""
    left, right = ordered(one, other)
    row = connection.execute(select(pairs).where(pairs.c.left == left, pairs.c.right == right)).one_or_none()
    return None if row is None else _pair(row)


def counts_of(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return in how many collaborations organisations take part; those in none are left out."""
    of_them = memberships.c.organisation.in_(ids)
    count = func.count(memberships.c.collaboration.distinct())
    query = select(memberships.c.organisation, count).where(of_them).group_by(memberships.c.organisation)
    return {row[0]: row[1] for row in connection.execute(query)}


def keep_apart(connection: Connection, one: str, other: str, at: datetime) -> bool:
    """Keep that two organisations are two; return whether that was not known before."""
    left, right = ordered(one, other)
    if connection.execute(select(apart.c.at).where(*_is(left, right))).first() is not None:
        return False
    connection.execute(apart.insert().values(left=left, right=right, at=at.isoformat(timespec="seconds")))
    return True


def take_back_apart(connection: Connection, one: str, other: str) -> bool:
    """Forget that two organisations are two; return whether that was known."""
    gone = connection.execute(apart.delete().where(*_is(*ordered(one, other)))).rowcount > 0
    if gone:  # whether they are shown is found out by the next look
        connection.execute(meta.update().where(meta.c.name == LOOKED_AT).values(value=""))
    return gone


def told_apart(connection: Connection, start: int, limit: int) -> list[Apart]:
    """Return at most `limit` of those that are two, the newest first."""
    query = select(apart).order_by(apart.c.at.desc(), apart.c.left, apart.c.right).offset(start).limit(limit)
    return [Apart(row.left, row.right, datetime.fromisoformat(row.at)) for row in connection.execute(query)]


def _shown(about: str | None) -> list[ColumnElement[bool]]:
    """Return the conditions of pairs that are shown: both are there, and nobody says that they are two."""
    conditions: list[ColumnElement[bool]] = [
        # As look-ups by key: of two lists SQLite would try every combination.
        exists(select(1).where(organisations.c.id == pairs.c.left)),
        exists(select(1).where(organisations.c.id == pairs.c.right)),
        ~exists(select(1).where(apart.c.left == pairs.c.left, apart.c.right == pairs.c.right)),
    ]
    return conditions if about is None else [*conditions, or_(pairs.c.left == about, pairs.c.right == about)]


def _told_apart(connection: Connection) -> set[tuple[str, str]]:
    """Return those that are two, also by the ids that they have since merges."""
    now = aliases.names(connection)
    rows = connection.execute(select(apart.c.left, apart.c.right))
    return {ordered(now.get(row.left, row.left), now.get(row.right, row.right)) for row in rows}


def _is(left: str, right: str) -> tuple[ColumnElement[bool], ...]:
    return apart.c.left == left, apart.c.right == right


def _text(evidence: Iterable[Evidence]) -> str:
    return json.dumps([[one.kind, one.weight, one.what] for one in evidence], ensure_ascii=False)


def _pair(row: tuple[str, str, float, str]) -> Pair:
    left, right, confidence, evidence = row
    return Pair(left, right, confidence, tuple(Evidence(*one) for one in json.loads(evidence)))
