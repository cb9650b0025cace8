"""Records as rows of their tables, and back."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any, Generic

from sqlalchemy import Connection, Select, Table, select

from matcher.records import Brief, Collaboration, Decision, Member, Organisation
from matcher.store import tables
from matcher.store.folding import fold, fold_words
from matcher.store.merging import R

CHUNK = 500
"""How many ids one query asks for."""

BATCH = 5_000
"""How many rows go to or come from the driver at once."""

MAX_KEY_CHARS = 400
"""Longest key: PostgreSQL refuses index rows above about 2,700 bytes, and a character has up to four."""

Parts = dict[str, list[Any]]
"""Owner's id -> rows of its child table, without the owner and the position."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Shelf(Generic[R]):
    """How one kind of record is kept: its table, its child tables, and the way there and back."""

    kind: type[R]
    table: Table
    children: tuple[tuple[Table, Callable[[R], list[tuple[Any, ...]]]], ...]
    """Child tables, each with what gives its rows; their first column is the owner's id."""
    gather: tuple[str, Table, Callable[..., Any]] | None = None
    """The field that a child table holds, that table, and what makes an item of its last columns."""

    @property
    def name(self) -> str:
        """Name of the table, as changes are reported."""
        return str(self.table.name)

    @property
    def columns(self) -> list[str]:
        """Names of the columns that are fields of the record, in the table's order."""
        names = {field.name for field in fields(self.kind)}
        return [column.name for column in self.table.c if column.name in names]

    def rows(self, records: Iterable[R], prints: dict[str, bytes]) -> Iterator[tuple[Any, ...]]:
        """Yield a row of the table for each record: id, fingerprint, then the other columns in order."""
        columns = self.columns[1:]
        holds = [(place, self.table.c[name].info.get("holds")) for place, name in enumerate(columns)]
        lines = [place for place, what in holds if what == "lines"]
        days = [place for place, what in holds if what == "day"]
        fields_of = attrgetter(*columns)
        for record in records:
            values: list[Any] = list(fields_of(record))
            for place in lines:
                values[place] = _encode(values[place]) if values[place] else "[]"
            for place in days:
                if values[place] is not None:
                    values[place] = values[place].isoformat()
            yield (record.id, prints[record.id], *values)

    def load(self, connection: Connection, ids: Sequence[str] | None = None) -> Iterator[R]:
        """Yield the records of these ids (all where None), ordered by id within a chunk of the ids."""
        if ids is None:
            yield from self._load(connection, None)
            return
        for start in range(0, len(ids), CHUNK):
            yield from self._load(connection, ids[start : start + CHUNK])

    def _load(self, connection: Connection, ids: Sequence[str] | None) -> Iterator[R]:
        parts = self._parts(connection, ids) if self.gather else {}
        gathered = self.gather[0] if self.gather else ""
        columns = self.columns
        convert = {
            name: _from_lines if self.table.c[name].info.get("holds") == "lines" else _from_day
            for name in columns
            if "holds" in self.table.c[name].info
        }
        query = select(*[self.table.c[name] for name in columns]).order_by(self.table.c.id)
        if ids is not None:
            query = query.where(self.table.c.id.in_(ids))
        for row in fetched(connection, query):
            fields_: dict[str, Any] = dict(zip(columns, row, strict=True))
            for name, function in convert.items():
                fields_[name] = function(fields_[name])
            if gathered:
                fields_[gathered] = tuple(parts.get(row[0], ()))
            yield self.kind(**fields_)

    def _parts(self, connection: Connection, ids: Sequence[str] | None) -> Parts:
        assert self.gather is not None  # noqa: S101  # the only caller asked for it
        _, table, item = self.gather
        owner, position, *rest = table.c
        query = select(owner, *rest[:2]).order_by(owner, position)
        if ids is not None:
            query = query.where(owner.in_(ids))
        parts: Parts = defaultdict(list)
        for id, first, second in fetched(connection, query):
            parts[id].append(item(first, second))
        return parts


def fetched(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Yield the rows of a query, taken from the driver in batches: one by one costs twice as much."""
    for batch in connection.execute(query).partitions(BATCH):
        yield from batch


def fold_key(text: str) -> str:
    """Return the text as exact look-ups compare it, in a length that an index takes."""
    return fold_words(text)[:MAX_KEY_CHARS]


def _from_lines(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def _from_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _identifier_rows(record: Organisation) -> list[tuple[Any, ...]]:
    return [
        (record.id, position, scheme, value, fold_key(value))
        for position, (scheme, value) in enumerate(record.identifiers)
    ]


def _search_rows(record: Organisation) -> list[tuple[Any, ...]]:
    identifiers = [f"{scheme}:{value}" for scheme, value in record.identifiers]
    name = fold_words(record.name)
    words = " ".join([name, fold(" ".join([record.id, *identifiers, record.city or ""]))])
    texts = fold("\n".join([*record.sectors, record.description, *record.offers, *record.needs]))
    return [(record.id, name, words, texts)]


def _member_rows(record: Collaboration) -> list[tuple[Any, ...]]:
    return [(record.id, position, member.organisation, member.role) for position, member in enumerate(record.members)]


def _member(organisation: str, role: str) -> Member:
    return Member(organisation=organisation, role=role)


ORGANISATIONS = Shelf(
    Organisation,
    tables.organisations,
    ((tables.identifiers, _identifier_rows), (tables.search, _search_rows)),
    ("identifiers", tables.identifiers, lambda scheme, value: (scheme, value)),
)
COLLABORATIONS = Shelf(
    Collaboration,
    tables.collaborations,
    ((tables.memberships, _member_rows),),
    ("members", tables.memberships, _member),
)
BRIEFS = Shelf(Brief, tables.briefs, ())
DECISIONS = Shelf(Decision, tables.decisions, ())
