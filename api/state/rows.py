"""What the parts of the state share in reading and writing: records of rows, pages, and what cannot be kept."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, Update, select
from sqlalchemy.exc import IntegrityError, OperationalError

from api.state.records import Page
from matcher.errors import InputError, StoreError
from matcher.store.connecting import writing
from matcher.store.fingerprints import is_storable

MAX_PAGE = 1_000
MAX_KEY_CHARS = 400
"""Longest text that is looked up by, as in the store."""

R = TypeVar("R")


def record_of(kind: type[R], row: Mapping[str, Any], **given: Any) -> R:
    """Return a row as a record; fields that are no column are given."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]  # kinds are dataclasses
    return kind(**{name: row[name] for name in names if name in row}, **given)


def columns_of(record: Any, *left_out: str) -> dict[str, Any]:
    """Return the fields of a record as values of columns."""
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name not in left_out}


def newest_first(
    connection: Connection, table: Table, conditions: Sequence[ColumnElement[bool]], after: int | None, limit: int
) -> Page[Mapping[str, Any]]:
    """Return at most `limit` rows that hold every condition, older than `after`, by the table's first column."""
    if not 1 <= limit <= MAX_PAGE:
        raise InputError(f"A page holds 1 to {MAX_PAGE:,} items; {limit:,} were asked for.")
    number: Column[int] = next(iter(table.c))
    query = select(table).where(*conditions).order_by(number.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(number < after)
    rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return Page(rows[:limit], rows[limit - 1][number.name] if len(rows) > limit else None)


def one_row(connection: Connection, table: Table, column: str, value: str) -> Mapping[str, Any] | None:
    """Return the row whose column holds a value that is unique there, None where there is none."""
    if not is_storable(value):
        return None
    row = connection.execute(select(table).where(table.c[column] == value)).mappings().one_or_none()
    return None if row is None else dict(row)


@contextmanager
def writing_or(engine: Engine, otherwise: Exception) -> Iterator[Connection]:
    """Give a connection in a write transaction; raise `otherwise` where a row stands against what is there."""
    try:
        with writing(engine) as connection:
            yield connection
    except StoreError as error:
        if isinstance(error.__cause__, IntegrityError):
            raise otherwise from error
        raise


def write_if_free(engine: Engine, statement: Update) -> None:
    """Run a statement that may be left out, unless another transaction keeps everybody else from writing.

    Whoever only reads must not wait until an import has been written: in SQLite there is one writer at a time.
    """
    if engine.dialect.name != "sqlite":
        with writing(engine) as connection:
            connection.execute(statement)
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        waits = driver.execute("PRAGMA busy_timeout").fetchone()[0]
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            with connection.begin():
                connection.execute(statement)
        except OperationalError:  # being written, or full, or read-only: then who writes on purpose is told
            return
        finally:
            driver.execute(f"PRAGMA busy_timeout = {waits}")


def storable(text: str) -> str:
    """Return a text as both databases can hold it: what they cannot is replaced by a mark."""
    if is_storable(text):
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def check_texts(record: Any, longest: Mapping[str, int]) -> None:
    """Raise InputError where a text of a record is longer than it may be, or no database can keep it."""
    for name, most in longest.items():
        text = getattr(record, name)
        if text is None:
            continue
        if len(text) > most:
            raise InputError(f"{name} has {len(text):,} characters; give at most {most:,}.")
        if not is_storable(text):
            raise InputError(f"{name} holds a NUL character or broken Unicode; take it out.")


def folded_email(email: str) -> str:
    """Return an e-mail address as it is kept and compared."""
    return email.strip().lower()


def check_email(email: str) -> None:
    """Raise InputError where a text can be no e-mail address; whether it is one, only a message to it can tell."""
    name, _, domain = email.partition("@")
    if not name or not domain or "@" in domain or " " in email or not email.isprintable():
        raise InputError(f"{email[:80]!a} is no e-mail address; write name@domain.")


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise InputError where a value is none of the choices."""
    if value not in choices:
        raise InputError(f"{name} is {value[:60]!r}; give one of {', '.join(choices)}.")
