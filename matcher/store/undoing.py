"""Undoing an import: what it added goes, what it changed is as before, and what was changed since stays."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, bindparam, exists, select

from matcher.records import Collaboration, Member, Records
from matcher.store import Undone, aliases
from matcher.store.changing import delete, rewrite
from matcher.store.merging import R
from matcher.store.planning import Plan, kept_prints, unknown_organisations
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf, fetched
from matcher.store.tables import briefs, import_changes, memberships
from matcher.store.writing import insert_rows, run

UNDOABLE = 20
"""So many imports, the newest, can be undone; decisions by themselves are none."""

_SHELVES: tuple[Shelf[Any], ...] = (DECISIONS, BRIEFS, COLLABORATIONS, ORGANISATIONS)
"""Those that name others first."""


def remember(connection: Connection, number: int, plans: Sequence[Plan[Any]]) -> None:
    """Keep what an import changes, and forget it of the oldest."""
    if all(one.shelf is DECISIONS for one in plans if one.prints):
        return
    insert_rows(connection, import_changes, (row for one in plans for row in _rows(number, one)))
    newest = connection.execute(
        select(import_changes.c["import"]).distinct().order_by(import_changes.c["import"].desc()).offset(UNDOABLE)
    ).scalars()
    for old in list(newest):
        _forget_import(connection, old)


def undo(connection: Connection, number: int) -> Undone | None:
    """Take an import back; None where there is none of this number, or it cannot be undone any more."""
    rows = list(connection.execute(select(import_changes).where(import_changes.c["import"] == number)))
    if not rows:
        return None
    undone = Undone()
    for shelf in _SHELVES:
        own = {row.id: row for row in rows if row.shelf == shelf.name}
        _undo_shelf(connection, shelf, own, undone)
    kept = {*undone.kept}  # may be undone later, when what keeps them is undone itself
    done = [(number, row.shelf, row.id) for row in rows if (row.shelf, row.id) not in kept]
    key = import_changes.c["import"], import_changes.c.shelf, import_changes.c.id
    statement = import_changes.delete().where(*(column == bindparam(f"key_{n}") for n, column in enumerate(key)))
    run(connection, statement, done)
    undone.kept.sort()
    return undone


def can_undo(connection: Connection, number: int) -> bool:
    """Return whether an import can be taken back, all of it or in part."""
    kept = exists().where(import_changes.c["import"] == number)
    return bool(connection.execute(select(kept)).scalar_one())


def undoable(connection: Connection) -> list[int]:
    """Return the numbers of the imports that can be undone, the newest first."""
    number = import_changes.c["import"]
    return list(connection.execute(select(number).distinct().order_by(number.desc())).scalars())


def forget(connection: Connection, id: str) -> None:
    """Forget what imports changed of a record, and former states of others that name it."""
    forget_in(connection, import_changes, id)


def forget_in(connection: Connection, table: Table, id: str) -> None:
    """Forget the rows of a table of changes that are about a record or hold one that names it."""
    one = table.c
    quoted = json.dumps(id, ensure_ascii=False)
    connection.execute(table.delete().where((one.id == id) | one.before.contains(quoted, autoescape=True)))


def to_json(record: Any) -> str:
    """Return a record as JSON."""
    return json.dumps(asdict(record), default=date.isoformat, ensure_ascii=False)


def from_json(shelf: Shelf[R], text: str) -> R:
    """Return the record that `to_json` wrote."""
    values: dict[str, Any] = {name: _frozen(value) for name, value in json.loads(text).items()}
    for name in shelf.columns:
        if shelf.table.c[name].info.get("holds") == "day" and values[name] is not None:
            values[name] = date.fromisoformat(values[name])
    if shelf.kind is Collaboration:
        values["members"] = tuple(Member(**member) for member in values["members"])
    return shelf.kind(**values)


def _rows(number: int, plan: Plan[Any]) -> Iterator[tuple[Any, ...]]:
    for id, print_ in plan.prints.items():
        before = plan.was.get(id)
        yield number, plan.shelf.name, id, print_, None if before is None else to_json(before)


def _undo_shelf(connection: Connection, shelf: Shelf[Any], rows: dict[str, Any], undone: Undone) -> None:
    """Undo one kind of record, where a record is as the import left it."""
    present = kept_prints(connection, shelf, sorted(rows))
    intact = [id for id in sorted(rows) if present.get(id) == bytes(rows[id].fingerprint)]
    added = {id for id in intact if rows[id].before is None}
    before = {id: from_json(shelf, rows[id].before) for id in intact if id not in added}
    stays = _named_elsewhere(connection, sorted(added)) if shelf is ORGANISATIONS else set()
    stays |= _naming_nobody(connection, shelf, list(before.values()))
    stays |= present.keys() - set(intact)
    if shelf is ORGANISATIONS:  # what was merged into another is there again once that is undone
        stays |= rows.keys() & aliases.names(connection).keys()
    known = list(shelf.load(connection, [id for id in intact if id not in stays]))
    gone = [one for one in known if one.id in added]
    back = [(one, before[one.id]) for one in known if one.id in before]
    if gone:
        delete(connection, shelf, gone)
    if back:
        rewrite(connection, shelf, back)
    undone.removed[shelf.name] = len(gone)
    undone.restored[shelf.name] = len(back)
    undone.kept.extend((shelf.name, id) for id in stays)


def _named_elsewhere(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return which organisations collaborations or briefs name, which are not undone with them."""
    sought = frozenset(ids)
    named: set[str] = set()
    for column in (memberships.c.organisation, briefs.c.owner):
        named |= sought & {row[0] for row in fetched(connection, select(column).distinct())}
    return named


def _naming_nobody(connection: Connection, shelf: Shelf[Any], records: list[Any]) -> set[str]:
    """Return which of the records to be restored name an organisation that has left the store since."""
    if shelf is COLLABORATIONS:
        unknown = unknown_organisations(connection, Records(collaborations=records)).keys()
        return {one.id for one in records if any(member.organisation in unknown for member in one.members)}
    if shelf is BRIEFS:
        unknown = unknown_organisations(connection, Records(briefs=records)).keys()
        return {one.id for one in records if one.owner in unknown}
    return set()


def _forget_import(connection: Connection, number: int) -> None:
    connection.execute(import_changes.delete().where(import_changes.c["import"] == number))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
