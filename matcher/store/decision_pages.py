"""Pages of decisions: newest first, each going on after the last key of the one before."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from matcher.errors import InputError
from matcher.records import Decision
from matcher.store.fingerprints import is_storable
from matcher.store.listing import MOST_PER_PAGE
from matcher.store.rows import DECISIONS
from matcher.store.tables import briefs, decisions
from matcher.vocabularies import load

BRIEF = "brief:"
"""Stands before the id of a brief that asked."""
Key = tuple[str, int, str]
"""Where a page ends: day, place of the step, and id."""


def decisions_page(
    connection: Connection,
    about: str | None = None,
    concerning: str | None = None,
    after: tuple[Any, ...] | None = None,
    limit: int = 100,
) -> tuple[list[Decision], Key | None]:
    """Return at most `limit` decisions after a key, and the key of the next page, None where nothing follows.

    `about` is a side, an organisation or `brief:ID`; `concerning` an organisation that is a side itself or by a
    brief of its own. Of one day the later step stands first, then in order of id. InputError where the key is none.
    """
    if not 1 <= limit <= MOST_PER_PAGE:
        raise InputError(f"A page of {limit} records cannot be given; ask for 1 to {MOST_PER_PAGE:,}.")
    one = decisions.c
    steps = {step: place for place, step in enumerate(load("decision-steps"))}
    place = case(steps, value=one.step, else_=-1)
    query = select(one.decided_on, place, one.id).where(*_sides(about, concerning))
    if after is not None:
        day, passed, id = _checked(after)
        later = or_(place < passed, and_(place == passed, one.id > id))
        query = query.where(or_(one.decided_on < day, and_(one.decided_on == day, later)))
    rows = connection.execute(query.order_by(one.decided_on.desc(), place.desc(), one.id).limit(limit + 1)).all()
    shown = rows[:limit]
    found = {each.id: each for each in DECISIONS.load(connection, [row[2] for row in shown])}
    return [found[row[2]] for row in shown], tuple(shown[-1]) if len(rows) > limit else None


def _sides(about: str | None, concerning: str | None) -> list[ColumnElement[bool]]:
    one = decisions.c
    conditions: list[ColumnElement[bool]] = []
    for side in (about, concerning):
        if side is not None and not is_storable(side):
            return [one.id.in_([])]
    if about is not None:
        conditions.append(or_(one.asked_by == about, one.organisation == about))
    if concerning is not None:
        own = select(BRIEF + briefs.c.id).where(briefs.c.owner == concerning)
        conditions.append(or_(one.asked_by == concerning, one.organisation == concerning, one.asked_by.in_(own)))
    return conditions


def _checked(after: tuple[Any, ...]) -> Key:
    kinds = tuple(type(part) for part in after)
    if kinds != (str, int, str) or not all(is_storable(part) for part in (after[0], after[2])):
        raise InputError("The place from which to go on is none in this list; begin at its first page.")
    if abs(after[1]) > len(load("decision-steps")):
        raise InputError("The place from which to go on is none in this list; begin at its first page.")
    return after[0], after[1], after[2]
