"""Pages of records: filtered, in a stable order, each going on after the last key of the one before."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, and_, cast, collate, exists, func, not_, or_, select

from matcher.errors import InputError
from matcher.records import Brief, Collaboration, Organisation
from matcher.store.filters import BriefFilter, CollaborationFilter, Key, Order, OrganisationFilter, Page
from matcher.store.finding import MAX_CHARS
from matcher.store.fingerprints import is_storable
from matcher.store.folding import fold_words
from matcher.store.merging import R
from matcher.store.rows import BRIEFS, COLLABORATIONS, ORGANISATIONS, Shelf
from matcher.store.tables import briefs, collaborations, memberships, organisations, search

MOST_PER_PAGE = 1_000
"""Most records of one page."""

MOST_VALUES = 10_000
"""Most values that a filter names; databases bound the parameters of a statement."""

SORTED_CHARS = 100
"""How much of a name counts in the order; equals by id."""

_NO_LINES = "[]"
Condition = ColumnElement[bool]


def organisations_page(
    connection: Connection, filters: OrganisationFilter, order: Order, after: Key | None, limit: int
) -> Page[Organisation]:
    """Return at most `limit` organisations after a key; names are ordered without case and accents."""
    one = organisations.c
    conditions = [
        *_among(one.kind, filters.kinds),
        *_among(one.country, filters.countries),
        *_among(one.visibility, None if filters.visibility is None else (filters.visibility,)),
        *_among(one.id, filters.ids),
        *_not_since(one.described_on, filters.not_described_since),
        *_not_since(one.verified_on, filters.not_verified_since),
        *_with_words(filters.words),
        *_is(or_(one.description != "", one.offers != _NO_LINES, one.needs != _NO_LINES), filters.described),
        *_is(one.id.not_in(select(memberships.c.organisation)), filters.newcomer),
    ]
    if filters.sector is not None:
        conditions.append(holds_line(connection, one.sectors, filters.sector))
    return _page(connection, ORGANISATIONS, conditions, order, after, limit)


def collaborations_page(
    connection: Connection, filters: CollaborationFilter, order: Order, after: Key | None, limit: int
) -> Page[Collaboration]:
    """Return at most `limit` collaborations after a key."""
    one = collaborations.c
    conditions = [*_among(one.kind, filters.kinds)]
    conditions += _among(one.source, None if filters.source is None else (filters.source,))
    if filters.organisation is not None:
        taken_part = _among(memberships.c.organisation, (filters.organisation,))
        conditions.append(one.id.in_(select(memberships.c.collaboration).where(*taken_part)))
    if filters.begun_from is not None:
        conditions.append(one.start >= filters.begun_from.isoformat())
    if filters.begun_to is not None:
        conditions.append(one.start <= filters.begun_to.isoformat())
    return _page(connection, COLLABORATIONS, conditions, order, after, limit)


def briefs_page(
    connection: Connection, filters: BriefFilter, order: Order, after: Key | None, limit: int
) -> Page[Brief]:
    """Return at most `limit` briefs after a key."""
    one = briefs.c
    conditions = [*_among(one.kind, filters.kinds), *_among(one.owner, filters.owners)]
    if filters.open_on is not None:
        day = filters.open_on.isoformat()
        conditions += [or_(one.opens.is_(None), one.opens <= day), or_(one.closes.is_(None), one.closes >= day)]
    return _page(connection, BRIEFS, conditions, order, after, limit)


def with_print(connection: Connection, shelf: Shelf[R], id: str) -> tuple[R, bytes] | None:
    """Return one record with its fingerprint, or None."""
    table = shelf.table
    kept = connection.execute(select(table.c.fingerprint).where(table.c.id == id)).scalar()
    return None if kept is None else (next(shelf.load(connection, [id])), bytes(kept))


def holds_line(connection: Connection, column: ColumnElement[str], line: str) -> Condition:
    """Return the condition that a column of lines holds this one, letter for letter."""
    if not is_storable(line):
        return column.in_([])
    if connection.dialect.name == "postgresql":
        lines = func.json_array_elements_text(cast(column, JSON)).table_valued("value")
    else:
        lines = func.json_each(column).table_valued("value")
    return exists(select(1).select_from(lines).where(lines.c.value == line))


def _page(
    connection: Connection, shelf: Shelf[R], conditions: list[Condition], order: Order, after: Key | None, limit: int
) -> Page[R]:
    if not 1 <= limit <= MOST_PER_PAGE:
        raise InputError(f"A page of {limit} records cannot be given; ask for 1 to {MOST_PER_PAGE:,}.")
    id = shelf.table.c.id
    value = _value(connection, shelf, order.by)
    columns: list[ColumnElement[Any]] = [id] if value is None else [value, id]
    query = select(*columns, shelf.table.c.fingerprint).where(*conditions)
    if value is not None:
        query = query.order_by(value.is_(None))
        if order.by == "name":
            query = query.join(search, search.c.organisation == id)
    query = query.order_by(*[column.desc() if order.descending else column for column in columns]).limit(limit + 1)
    if after is not None:
        query = query.where(_beyond(columns, order, after))
    rows = connection.execute(query).all()
    shown = rows[:limit]
    # Loaded by id, in chunks: the order of the page is that of the keys.
    found = {record.id: record for record in shelf.load(connection, [row[-2] for row in shown])}
    items = [(found[row[-2]], bytes(row[-1])) for row in shown]
    return Page(items, tuple(shown[-1][:-1]) if len(rows) > limit else None)


def _value(connection: Connection, shelf: Shelf[Any], by: str) -> ColumnElement[Any] | None:
    """Return what a list is ordered by before the id, NULL where it is unknown; None where by the id alone."""
    if by == "id":
        return None
    values: dict[tuple[str, str], ColumnElement[Any]] = {
        (ORGANISATIONS.name, "name"): func.nullif(func.substr(search.c.name, 1, SORTED_CHARS), ""),
        (COLLABORATIONS.name, "start"): collaborations.c.start,
        (BRIEFS.name, "closes"): briefs.c.closes,
    }
    value = values.get((shelf.name, by))
    if value is None:
        known = ["id", *[name for table, name in values if table == shelf.name]]
        raise InputError(f"The {shelf.name} cannot be ordered by {by[:60]!a}; order them by {' or '.join(known)}.")
    # Only keys are ordered by code point in PostgreSQL's tables.
    return collate(value, "C") if connection.dialect.name == "postgresql" else value


def _beyond(columns: list[ColumnElement[Any]], order: Order, after: Key) -> Condition:
    if (
        len(after) != len(columns)
        or after[-1] is None
        or not all(part is None or (isinstance(part, str) and is_storable(part)) for part in after)
    ):
        raise InputError("The place from which to go on is none in this list; begin at its first page.")

    def past(column: ColumnElement[Any], bound: str | None) -> Condition:
        return column < bound if order.descending else column > bound

    *values, id = columns
    if not values:
        return past(id, after[-1])
    value, known = values[0], after[0]
    if known is None:
        return and_(value.is_(None), past(id, after[-1]))
    return or_(value.is_(None), past(value, known), and_(value == known, past(id, after[-1])))


def _among(column: ColumnElement[Any], values: tuple[str, ...] | None) -> list[Condition]:
    if values is None:
        return []
    if len(values) > MOST_VALUES:
        raise InputError(f"A filter names {len(values):,} values; give at most {MOST_VALUES:,}.")
    return [column.in_([value for value in values if is_storable(value)])]


def _is(condition: Condition, wanted: bool | None) -> list[Condition]:
    return [] if wanted is None else [condition if wanted else not_(condition)]


def _not_since(column: ColumnElement[Any], day: date | None) -> list[Condition]:
    return [] if day is None else [or_(column.is_(None), column < day.isoformat())]


def _with_words(words: str) -> list[Condition]:
    if len(words) > MAX_CHARS:
        raise InputError(f"The search has {len(words)} characters; give at most {MAX_CHARS}.")
    if not is_storable(words):
        return [organisations.c.id.in_([])]
    holding = [
        or_(search.c.words.contains(part, autoescape=True), search.c.texts.contains(part, autoescape=True))
        for part in fold_words(words).split()
    ]
    # The list may be ordered by a column of the same table, which this is not about.
    found = select(search.c.organisation).where(*holding).correlate(None)
    return [organisations.c.id.in_(found)] if holding else []
