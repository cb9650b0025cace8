"""What adding records would do: compared with the store first, written afterwards or not at all."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from sqlalchemy import Connection, select

from matcher.errors import InputError
from matcher.records import Records
from matcher.store import Changes, aliases
from matcher.store.decisions import check_decisions
from matcher.store.fingerprints import combined, fingerprint
from matcher.store.merging import R, differences, merge
from matcher.store.rows import BRIEFS, CHUNK, COLLABORATIONS, DECISIONS, ORGANISATIONS, Shelf

SHOWN_NAMES = 10
"""How many unknown ids a refusal names; the rest are counted."""

SHOWN_CHARS = 200
"""How much of a long value a change shows; the rest is counted."""


@dataclass(slots=True)
class Plan(Generic[R]):
    """What one kind of record needs: rows to insert and to update, and their fingerprints."""

    shelf: Shelf[R]
    new: list[R] = field(default_factory=list)
    changed: list[R] = field(default_factory=list)
    prints: dict[str, bytes] = field(default_factory=dict)
    """Fingerprints of the new and the changed, by id."""
    replaced: list[bytes] = field(default_factory=list)
    """Fingerprints that the changed ones had before."""
    was: dict[str, R] = field(default_factory=dict)
    """The changed ones as they were before."""


def plan(connection: Connection, records: Records, max_details: int) -> tuple[list[Plan[Any]], Changes, str]:
    """Compare records with the store; return what to write, what that changes, and a print of the input.

    Raises InputError where a record cannot be kept or names an organisation that nobody knows. The two
    sides of a decision may be unknown: what was decided outlives them. Ids of organisations that were merged into
    others mean those that stay.
    """
    check_decisions(records.decisions)
    changes = Changes()
    merged = aliases.names(connection)
    if merged:
        records, changes.aliases = aliases.renamed(records, merged)
    several = frozenset(merged.values())
    note = _recorder(changes, max_details)
    plans: list[Plan[Any]] = []
    arrived: list[bytes] = []
    given_by_shelf: list[tuple[Shelf[Any], list[Any]]] = [
        (ORGANISATIONS, records.organisations),
        (COLLABORATIONS, records.collaborations),
        (BRIEFS, records.briefs),
    ]
    if records.decisions:
        given_by_shelf.append((DECISIONS, records.decisions))
    for shelf, given in given_by_shelf:
        newest, prints = _newest(given, several)
        arrived.extend(prints.values())
        plans.append(_compare(connection, shelf, newest, prints, note, several))
        _count(changes, plans[-1], len(newest))
    refuse_unknown(connection, records)
    return plans, changes, combined("0", removed=(), added=arrived)


def _newest(given: Sequence[R], several: Collection[str]) -> tuple[dict[str, R], dict[str, bytes]]:
    """Return the records and fingerprints by id, in order of id; of one id, the later adds to the earlier."""
    newest: dict[str, R] = {}
    for record in given:
        earlier = newest.get(record.id)
        newest[record.id] = record if earlier is None else merge(earlier, record, adds_identifiers=record.id in several)
    newest = {id: newest[id] for id in sorted(newest)}
    return newest, {id: fingerprint(record) for id, record in newest.items()}


def _compare(
    connection: Connection,
    shelf: Shelf[R],
    newest: dict[str, R],
    prints: dict[str, bytes],
    note: Callable[[str, R, R], None],
    several: Collection[str],
) -> Plan[R]:
    """Compare records with those that are kept; organisations in `several` keep the identifiers that they have."""
    result = Plan(shelf)
    kept = kept_prints(connection, shelf, list(newest))
    result.new = [record for id, record in newest.items() if id not in kept]
    result.prints = {record.id: prints[record.id] for record in result.new}
    to_merge = [id for id, old_print in kept.items() if old_print != prints[id]]
    for known in shelf.load(connection, sorted(to_merge)):
        merged = merge(known, newest[known.id], adds_identifiers=known.id in several)
        if merged == known:
            continue
        note(shelf.name, known, merged)
        result.was[known.id] = known
        result.changed.append(merged)
        result.prints[known.id] = fingerprint(merged)
        result.replaced.append(kept[known.id])
    return result


def kept_prints(connection: Connection, shelf: Shelf[Any], ids: Sequence[str]) -> dict[str, bytes]:
    """Return the fingerprints of the records of these ids that are kept, by id."""
    table = shelf.table
    if connection.execute(select(table.c.id).limit(1)).first() is None:
        return {}
    found: dict[str, bytes] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(select(table.c.id, table.c.fingerprint).where(table.c.id.in_(chunk)))
        found.update((id, bytes(kept)) for id, kept in rows)
    return found


def refuse_unknown(connection: Connection, records: Records) -> None:
    """Raise InputError where records name organisations that neither they nor the store know."""
    unknown = unknown_organisations(connection, records)
    if not unknown:
        return
    shown = ", ".join(f"{id!r} (in {unknown[id]})" for id in sorted(unknown)[:SHOWN_NAMES])
    more = f" and {len(unknown) - SHOWN_NAMES} more" if len(unknown) > SHOWN_NAMES else ""
    raise InputError(
        f"{len(unknown)} organisation(s) are named but nobody knows them: {shown}{more}. "
        "Import these organisations first, or correct their ids; nothing was stored."
    )


def unknown_organisations(connection: Connection, records: Records) -> dict[str, str]:
    """Return the ids of organisations that records name and neither they nor the store know, each with who names it."""
    named: dict[str, str] = {}
    for collaboration in records.collaborations:
        for member in collaboration.members:
            named.setdefault(member.organisation, f"collaboration {collaboration.id}")
    for brief in records.briefs:
        if brief.owner is not None:
            named.setdefault(brief.owner, f"brief {brief.id}")
    unknown = named.keys() - {organisation.id for organisation in records.organisations}
    unknown -= kept_prints(connection, ORGANISATIONS, sorted(unknown)).keys()
    return {id: named[id] for id in unknown}


def _count(changes: Changes, result: Plan[Any], given: int) -> None:
    name = result.shelf.name
    changes.added[name] = len(result.new)
    changes.updated[name] = len(result.changed)
    changes.unchanged[name] = given - len(result.new) - len(result.changed)


def _recorder(changes: Changes, max_details: int) -> Callable[[str, Any, Any], None]:
    def note(table: str, known: Any, merged: Any) -> None:
        for name, old, new in differences(known, merged):
            if len(changes.details) < max_details:
                changes.details.append((table, known.id, name, _shown(old), _shown(new)))
            else:
                changes.details_left_out += 1

    return note


def _shown(value: Any) -> str:
    """Return a value for people: blank for unknown, items joined by semicolons, long texts with a count."""
    text = "" if value is None else "; ".join(map(_item, value)) if isinstance(value, tuple) else str(value)
    left = len(text) - SHOWN_CHARS
    return text if left <= 0 else f"{text[:SHOWN_CHARS]}… ({left} more characters)"


def _item(value: Any) -> str:
    if isinstance(value, tuple):
        return ":".join(value)
    return value if isinstance(value, str) else f"{value.organisation} ({value.role})"


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
