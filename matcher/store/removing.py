"""Removal: a record with all that names it, vectors that no text needs, and what a database keeps of the removed."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, or_, select

from matcher.errors import StoreError
from matcher.records import Decision
from matcher.store import Expect, Removed, separating, undoing
from matcher.store.changing import check_expected, delete, rewrite
from matcher.store.connecting import explained
from matcher.store.listing import holds_line, with_print
from matcher.store.merging import R
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf, fetched
from matcher.store.tables import briefs, decisions, memberships, merge_changes, organisations, vectors
from matcher.store.writing import run


def remove_organisation(connection: Connection, id: str, expected: bytes | Expect) -> Removed | None:
    """Remove an organisation and every trace of its id in other records; None where there is none."""
    record = _expected(connection, ORGANISATIONS, id, expected)
    if record is None:
        return None
    removed: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    owned = _those(connection, BRIEFS, briefs.c.owner == id)
    removed.update(_delete_decisions(connection, [id, *[f"brief:{one.id}" for one in owned]]))
    removed.update(delete(connection, BRIEFS, owned))
    barred = _those(connection, BRIEFS, holds_line(connection, briefs.c.exclusions, id))
    changed.update(
        rewrite(connection, BRIEFS, [(one, replace(one, exclusions=_without(one.exclusions, id))) for one in barred])
    )
    opposed = _those(connection, ORGANISATIONS, holds_line(connection, organisations.c.conflicts, id))
    pairs = [(one, replace(one, conflicts=_without(one.conflicts, id))) for one in opposed if one.id != id]
    changed.update(rewrite(connection, ORGANISATIONS, pairs))
    _leave(connection, id, removed, changed)
    removed.update(delete(connection, ORGANISATIONS, [record]))
    separating.forget(connection, id)
    for brief in owned:
        _forget(connection, brief.id)
    return Removed(dict(removed), dict(changed))


def remove_collaboration(connection: Connection, id: str, expected: bytes | Expect) -> Removed | None:
    """Remove a collaboration with its memberships; None where there is none."""
    record = _expected(connection, COLLABORATIONS, id, expected)
    if record is None:
        return None
    _forget(connection, id)
    return Removed(delete(connection, COLLABORATIONS, [record]), {})


def remove_brief(connection: Connection, id: str, expected: bytes | Expect) -> Removed | None:
    """Remove a brief with the decisions about what was suggested to it; None where there is none."""
    record = _expected(connection, BRIEFS, id, expected)
    if record is None:
        return None
    _forget(connection, id)
    removed = _delete_decisions(connection, [f"brief:{id}"])
    return Removed(removed | delete(connection, BRIEFS, [record]), {})


def remove_decision(connection: Connection, id: str) -> Decision | None:
    """Remove a decision and return it, None where there is none."""
    record = _expected(connection, DECISIONS, id, Expect.ANY)
    if record is not None:
        delete(connection, DECISIONS, [record])
    return record


def remove_vectors(connection: Connection, keep: Collection[str], encoder: str | None) -> int:
    """Remove the vectors whose text hash is not to be kept, of one encoder or all; return how many."""
    kept = frozenset(keep)
    key = (vectors.c.encoder, vectors.c.hash)
    query = select(*key) if encoder is None else select(*key).where(vectors.c.encoder == encoder)
    gone = [(name, hash) for name, hash in fetched(connection, query) if hash not in kept]
    statement = vectors.delete().where(vectors.c.encoder == bindparam("name"), vectors.c.hash == bindparam("print"))
    run(connection, statement, gone)
    return len(gone)


def scrub(engine: Engine) -> None:
    """Rewrite the database without what was removed from it; StoreError where another program prevents that."""
    if engine.dialect.name == "postgresql":
        # Of the whole database: the service's own tables stand beside these, and forget at the same time.
        with explained(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    with explained(engine), engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # ends the transaction that every connection begins with
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        connection.exec_driver_sql("VACUUM")
        # What VACUUM wrote stands in the log until now, before it the removed in the file itself.
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if is_busy:
        raise StoreError(
            f"The store {engine.url.database} is being read by another program, so its file still holds what was "
            "removed; wait until it has finished and scrub again."
        )


def _forget(connection: Connection, id: str) -> None:
    """Forget what imports and merges changed of a record."""
    undoing.forget(connection, id)
    undoing.forget_in(connection, merge_changes, id)


def _expected(connection: Connection, shelf: Shelf[R], id: str, expected: bytes | Expect) -> R | None:
    found = with_print(connection, shelf, id)
    if found is None:
        return None
    check_expected(shelf, id, found[1], expected)
    return found[0]


def _those(connection: Connection, shelf: Shelf[R], condition: ColumnElement[bool]) -> list[R]:
    key = shelf.table.c.id
    ids = list(connection.execute(select(key).where(condition).order_by(key)).scalars())
    return list(shelf.load(connection, ids))


def _leave(connection: Connection, id: str, removed: Counter[str], changed: Counter[str]) -> None:
    """Take an organisation out of its collaborations; one that has no other member is removed."""
    of_it = select(memberships.c.collaboration).where(memberships.c.organisation == id)
    known = _those(connection, COLLABORATIONS, COLLABORATIONS.table.c.id.in_(of_it))
    left = [replace(one, members=tuple(each for each in one.members if each.organisation != id)) for one in known]
    pairs = list(zip(known, left, strict=True))
    changed.update(rewrite(connection, COLLABORATIONS, [pair for pair in pairs if pair[1].members]))
    removed.update(delete(connection, COLLABORATIONS, [one for one, newer in pairs if not newer.members]))
    removed[memberships.name] += sum(len(one.members) - len(newer.members) for one, newer in pairs if newer.members)


def _delete_decisions(connection: Connection, sides: Iterable[str]) -> dict[str, int]:
    """Delete the decisions of or about any of these sides."""
    named = list(sides)
    of_them = or_(decisions.c.asked_by.in_(named), decisions.c.organisation.in_(named))
    return delete(connection, DECISIONS, _those(connection, DECISIONS, of_them))


def _without(ids: tuple[str, ...], id: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != id)
