"""Changes of one record: what is written is what is given, if the store is as the writer believes."""

from collections.abc import Sequence

from sqlalchemy import Connection

from matcher.errors import ConflictError
from matcher.records import Brief, Collaboration, Decision, Organisation, Records
from matcher.store import Expect, aliases, revisions
from matcher.store.fingerprints import fingerprint
from matcher.store.listing import with_print
from matcher.store.merging import R
from matcher.store.planning import Plan, kept_prints, refuse_unknown
from matcher.store.rows import BRIEFS, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf
from matcher.store.writing import delete_rows, write


def put(connection: Connection, record: Organisation | Collaboration | Brief, expected: bytes | Expect) -> bytes:
    """Write exactly this record, blank fields too, and return its fingerprint."""
    if isinstance(record, Organisation):
        return _put(connection, ORGANISATIONS, record, expected)
    if isinstance(record, Collaboration):
        return _put(connection, COLLABORATIONS, record, expected)
    return _put(connection, BRIEFS, record, expected)


def check_expected(shelf: Shelf[R], id: str, found: bytes | None, expected: bytes | Expect) -> None:
    """Raise ConflictError where a record is not as expected; `found` is its fingerprint, None where it is not."""
    if expected is Expect.ANY or expected == found or (expected is Expect.NOTHING and found is None):
        return
    what = f"{shelf.kind.__name__} {id[:80]!a}"
    if expected is Expect.NOTHING:
        raise ConflictError(f"{what} exists already; read it and change it, or choose another id.")
    if found is None:
        raise ConflictError(f"{what} has been removed since it was read; add it anew, or leave it.")
    raise ConflictError(f"{what} has been changed since it was read; read it again and repeat the change.")


def rewrite(connection: Connection, shelf: Shelf[R], pairs: Sequence[tuple[R, R]]) -> dict[str, int]:
    """Write records anew, given as (known, newer), with their child rows; return how many. The revision follows."""
    plan = Plan(
        shelf,
        changed=[newer for _, newer in pairs],
        prints={newer.id: fingerprint(newer) for _, newer in pairs},
        replaced=list(kept_prints(connection, shelf, [known.id for known, _ in pairs]).values()),
        was={known.id: known for known, _ in pairs},
    )
    write(connection, plan)
    _revise(connection, shelf, removed=plan.replaced, added=list(plan.prints.values()))
    return {shelf.name: len(pairs)}


def put_back(connection: Connection, shelf: Shelf[R], records: Sequence[R]) -> None:
    """Write records that are not there. The revision follows."""
    prints = {record.id: fingerprint(record) for record in records}
    write(connection, Plan(shelf, new=list(records), prints=prints))
    _revise(connection, shelf, removed=[], added=list(prints.values()))


def delete(connection: Connection, shelf: Shelf[R], records: Sequence[R]) -> dict[str, int]:
    """Delete records with their child rows; return how many rows left each table. The revision follows."""
    ids = [record.id for record in records]
    prints = kept_prints(connection, shelf, ids)
    counts = {shelf.name: len(records)}
    for child, rows_of in shelf.children:
        delete_rows(connection, child, ids)
        counts[child.name] = sum(len(rows_of(record)) for record in records)
    delete_rows(connection, shelf.table, ids)
    _revise(connection, shelf, removed=list(prints.values()), added=[])
    return counts


def _put(connection: Connection, shelf: Shelf[R], record: R, expected: bytes | Expect) -> bytes:
    new_print = fingerprint(record)
    found = with_print(connection, shelf, record.id)
    known, known_print = found if found is not None else (None, None)
    check_expected(shelf, record.id, known_print, expected)
    if isinstance(record, Collaboration):
        refuse_unknown(connection, Records(collaborations=[record]))
    elif isinstance(record, Brief):
        refuse_unknown(connection, Records(briefs=[record]))
    if known is None:
        _refuse_alias(connection, record)
        write(connection, Plan(shelf, new=[record], prints={record.id: new_print}))
        _revise(connection, shelf, removed=[], added=[new_print])
    elif known_print != new_print:
        rewrite(connection, shelf, [(known, record)])
    return new_print


def _refuse_alias(connection: Connection, record: Organisation | Collaboration | Brief | Decision) -> None:
    stays = aliases.stays_of(connection, record.id) if isinstance(record, Organisation) else None
    if stays is not None:
        raise ConflictError(
            f"Organisation {record.id[:80]!a} was merged into {stays[:80]!a}; change that one, or undo the merge."
        )


def _revise(connection: Connection, shelf: Shelf[R], *, removed: Sequence[bytes], added: Sequence[bytes]) -> None:
    name = revisions.DECISIONS if shelf.name == DECISIONS.name else revisions.RECORDS
    revisions.change(connection, name, removed=removed, added=added)
