"""Undoing a merge: both organisations are as before, and so is all that named them and was not changed since."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from matcher.errors import ConflictError, NotFoundError
from matcher.records import Records
from matcher.store import undoing
from matcher.store.aliases import stays_of
from matcher.store.changing import put_back, rewrite
from matcher.store.planning import kept_prints, unknown_organisations
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf
from matcher.store.tables import aliases, apart, merge_changes, merges, pairs

Back = Callable[[Connection, str, str, str], None]
"""Moves back, in the same transaction, what `Beside` moved: from who stays to who was gone, as it told."""


@dataclass(frozen=True, slots=True)
class MergeNoted:
    """One merge."""

    number: int
    at: datetime
    stays: str
    gone: str
    undone: datetime | None
    """When it was taken back; None where it holds."""


@dataclass(slots=True)
class Separated:
    """What undoing a merge did."""

    stays: str
    gone: str
    """Which is there again."""
    restored: dict[str, int] = field(default_factory=dict)
    """Per table, how many records are as before."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """(table, id) of each that stays as it is, since it was changed after the merge or names who has left since."""


def separate(connection: Connection, number: int, at: datetime, back: Back | None) -> Separated:
    """Undo a merge; NotFoundError where there is none to undo, ConflictError where another must be undone first."""
    noted = connection.execute(select(merges).where(merges.c.id == number)).one_or_none()
    if noted is None or noted.undone is not None:
        raise NotFoundError(f"There is no merge {number} that can be undone; it may have been undone before.")
    further = stays_of(connection, noted.stays)
    if further is not None:
        raise ConflictError(f"{noted.stays!r} was merged into {further!r} since; undo that merge first.")
    done = Separated(noted.stays, noted.gone)
    # The alias first: while there is one, no organisation has its id.
    connection.execute(aliases.delete().where(aliases.c.alias == noted.gone))
    rows = list(connection.execute(select(merge_changes).where(merge_changes.c.merge == number)))
    for shelf in (ORGANISATIONS, COLLABORATIONS, BRIEFS, DECISIONS):
        _restore(connection, shelf, [row for row in rows if row.shelf == shelf.name], done)
    if back is not None:
        back(connection, noted.stays, noted.gone, noted.beside)
    connection.execute(merge_changes.delete().where(merge_changes.c.merge == number))
    moment = at.isoformat(timespec="seconds")
    connection.execute(merges.update().where(merges.c.id == number).values(undone=moment, beside=""))
    done.kept.sort()
    return done


def merges_noted(connection: Connection, limit: int) -> list[MergeNoted]:
    """Return at most `limit` merges, the newest first."""
    rows = connection.execute(select(merges).order_by(merges.c.id.desc()).limit(max(0, limit)))
    return [
        MergeNoted(row.id, datetime.fromisoformat(row.at), row.stays, row.gone, _moment(row.undone)) for row in rows
    ]


def forget(connection: Connection, id: str) -> None:
    """Forget an organisation in pairs, merges and what they changed, with every other id that meant it."""
    gone = {id}
    while (
        more := set(connection.execute(select(aliases.c.alias).where(aliases.c.organisation.in_(gone))).scalars())
        - gone
    ):
        gone |= more
    connection.execute(aliases.delete().where(or_(aliases.c.alias.in_(gone), aliases.c.organisation.in_(gone))))
    own = merges.c.stays.in_(gone) | merges.c.gone.in_(gone)
    numbers = list(connection.execute(select(merges.c.id).where(own)).scalars())
    connection.execute(merge_changes.delete().where(merge_changes.c.merge.in_(numbers)))
    connection.execute(merges.delete().where(own))
    for table in (pairs, apart):
        connection.execute(table.delete().where(table.c.left.in_(gone) | table.c.right.in_(gone)))
    for one in gone:
        undoing.forget(connection, one)
        undoing.forget_in(connection, merge_changes, one)


def _restore(connection: Connection, shelf: Shelf[Any], rows: list[Any], done: Separated) -> None:
    """Restore the records of one kind that are as the merge left them, or gone by it."""
    before = {row.id: undoing.from_json(shelf, row.before) for row in rows}
    present = kept_prints(connection, shelf, sorted(before))
    intact = {
        row.id for row in rows if present.get(row.id) == (None if row.fingerprint is None else bytes(row.fingerprint))
    }
    intact -= _naming_nobody(connection, shelf, [before[id] for id in intact])
    known = {one.id: one for one in shelf.load(connection, sorted(intact & present.keys()))}
    rewrite(connection, shelf, [(known[id], before[id]) for id in sorted(known)])
    put_back(connection, shelf, [before[id] for id in sorted(intact - known.keys())])
    done.restored[shelf.name] = len(intact)
    done.kept.extend((shelf.name, id) for id in before.keys() - intact)


def _naming_nobody(connection: Connection, shelf: Shelf[Any], records: list[Any]) -> set[str]:
    """Return which records name an organisation that has left the store since."""
    if shelf is COLLABORATIONS:
        unknown = unknown_organisations(connection, Records(collaborations=records)).keys()
        return {one.id for one in records if any(member.organisation in unknown for member in one.members)}
    if shelf is BRIEFS:
        unknown = unknown_organisations(connection, Records(briefs=records)).keys()
        return {one.id for one in records if one.owner in unknown}
    return set()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
