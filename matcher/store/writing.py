"""Writes a plan: inserts, updates and child rows, in batches of plain tuples."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, bindparam

from matcher.store.planning import Plan
from matcher.store.rows import BATCH


def write(connection: Connection, plan: Plan[Any]) -> None:
    """Insert the plan's new records and update its changed ones, with their child rows."""
    table = plan.shelf.table
    insert_rows(connection, table, plan.shelf.rows(plan.new, plan.prints))
    _update_rows(connection, table, plan.shelf.rows(plan.changed, plan.prints))
    for child, rows_of in plan.shelf.children:
        # Most updates leave most child rows as they were.
        rewritten = [record for record in plan.changed if rows_of(record) != rows_of(plan.was[record.id])]
        delete_rows(connection, child, [record.id for record in rewritten])
        insert_rows(connection, child, (row for record in plan.new for row in rows_of(record)))
        insert_rows(connection, child, (row for record in rewritten for row in rows_of(record)))


def insert_rows(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows that hold every column in the table's order."""
    run(connection, table.insert(), rows)


def _update_rows(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    key, *others = table.c
    statement = table.update().where(key == bindparam("key")).values({c: bindparam(c.name) for c in others})
    run(connection, statement, ((*row[1:], row[0]) for row in rows))


def delete_rows(connection: Connection, table: Table, owners: Iterable[str]) -> None:
    """Delete the rows of these ids; in a child table those of these owners."""
    owner = next(iter(table.c))
    run(connection, table.delete().where(owner == bindparam("key")), ((id,) for id in owners))


def run(connection: Connection, statement: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement for many rows as the driver takes them: half the time of a dictionary a row."""
    sql = str(statement.compile(dialect=connection.dialect))
    for batch in _batches(rows):
        connection.exec_driver_sql(sql, batch)


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
