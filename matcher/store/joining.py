"""Merging two organisations into one: all that names the one that goes names the one that stays, until it is undone."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from matcher.errors import InputError, NotFoundError
from matcher.records import Organisation
from matcher.store import Expect
from matcher.store.aliases import Rename, in_brief, in_collaboration, in_conflicts, in_decision
from matcher.store.changing import check_expected, delete, rewrite
from matcher.store.fingerprints import fingerprint
from matcher.store.listing import holds_line, with_print
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf
from matcher.store.tables import aliases, briefs, decisions, memberships, merge_changes, merges, organisations, pairs
from matcher.store.undoing import to_json
from matcher.store.writing import insert_rows

Beside = Callable[[Connection, str, str], str]
"""Moves, in the same transaction, what stands beside the store: from an id to another; returns what it did, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which two organisations are one, and what is known of it from then on."""

    gone: str
    """Id of the one that goes; it means the one that stays from then on."""
    merged: Organisation
    """Exactly as it is to be; its id is that of the one that stays."""
    stays_is: bytes | Expect = Expect.ANY
    """Fingerprint of the one that stays as it was when this was decided."""
    gone_is: bytes | Expect = Expect.ANY


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did."""

    number: int
    """Of the merge, by which it is undone."""
    changed: dict[str, int] = field(default_factory=dict)
    """Per table, how many other records name the one that stays instead."""
    removed: dict[str, int] = field(default_factory=dict)
    """Per table, how many other records are gone: decisions of one of the two about the other."""


_Change = tuple[Shelf[Any], Any, Any]
"""Shelf, record before, record after; None where it is gone."""


def merge_two(connection: Connection, wanted: Wanted, at: datetime, beside: Beside | None) -> Merged:
    """Merge two organisations; NotFoundError where one is not there, ConflictError where it is not as expected."""
    stays, gone = _both(connection, wanted)
    named = _that_name(connection, gone.id, stays.id)
    moved = "" if beside is None else beside(connection, gone.id, stays.id)
    row = {"at": at.isoformat(timespec="seconds"), "stays": stays.id, "gone": gone.id, "beside": moved}
    number: int = connection.execute(merges.insert().values(row).returning(merges.c.id)).scalar_one()
    changes = [*named, (ORGANISATIONS, stays, wanted.merged), (ORGANISATIONS, gone, None)]
    insert_rows(connection, merge_changes, (_row(number, *one) for one in changes))
    for shelf in (COLLABORATIONS, BRIEFS, DECISIONS, ORGANISATIONS):
        own = [one for one in changes if one[0] is shelf]
        kept = [(before, after) for _, before, after in own if after is not None and after != before]
        rewrite(connection, shelf, kept)
        delete(connection, shelf, [before for _, before, after in own if after is None])
    connection.execute(aliases.insert().values(alias=gone.id, organisation=stays.id, merge=number))
    connection.execute(pairs.delete().where(or_(pairs.c.left == gone.id, pairs.c.right == gone.id)))
    changed = Counter(shelf.name for shelf, _, after in named if after is not None)
    removed = Counter(shelf.name for shelf, _, after in named if after is None)
    return Merged(number, dict(changed), dict(removed))


def _both(connection: Connection, wanted: Wanted) -> tuple[Organisation, Organisation]:
    if wanted.gone == wanted.merged.id:
        raise InputError("An organisation is not merged into itself; name two.")
    found = []
    for id, expected in ((wanted.merged.id, wanted.stays_is), (wanted.gone, wanted.gone_is)):
        one = with_print(connection, ORGANISATIONS, id)
        if one is None:
            raise NotFoundError(f"There is no organisation {id[:80]!r}; it may have been merged or removed before.")
        check_expected(ORGANISATIONS, id, one[1], expected)
        found.append(one[0])
    return found[0], found[1]


def _that_name(connection: Connection, gone: str, stays: str) -> list[_Change]:
    """Return the other records that name the one that goes, as they are and as they will be."""

    def now(id: str) -> str:
        return stays if id == gone else id

    member = select(memberships.c.collaboration).where(memberships.c.organisation == gone)
    of_brief = or_(briefs.c.owner == gone, holds_line(connection, briefs.c.exclusions, gone))
    of_decision = or_(decisions.c.asked_by == gone, decisions.c.organisation == gone)
    opposed = holds_line(connection, organisations.c.conflicts, gone) & organisations.c.id.not_in([gone, stays])
    sought: list[tuple[Shelf[Any], ColumnElement[bool], Callable[[Any, Rename], Any]]] = [
        (COLLABORATIONS, COLLABORATIONS.table.c.id.in_(member), in_collaboration),
        (BRIEFS, of_brief, in_brief),
        (DECISIONS, of_decision, in_decision),
        (ORGANISATIONS, opposed, in_conflicts),
    ]
    return [(shelf, one, to(one, now)) for shelf, those, to in sought for one in _those(connection, shelf, those)]


def _those(connection: Connection, shelf: Shelf[Any], condition: ColumnElement[bool]) -> Iterable[Any]:
    key = shelf.table.c.id
    return shelf.load(connection, list(connection.execute(select(key).where(condition).order_by(key)).scalars()))


def _row(number: int, shelf: Shelf[Any], before: Any, after: Any) -> tuple[Any, ...]:
    return number, shelf.name, before.id, None if after is None else fingerprint(after), to_json(before)
