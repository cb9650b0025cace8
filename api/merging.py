"""Merging: what the service keeps of an organisation that is merged into another, moved there and back again."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from sqlalchemy import Connection, Table, func, or_, select

from api.access.noting import note
from api.access.principals import Principal
from api.asking import absent, engine_of
from api.problems import Problem, reader_of
from api.state.tables import choices, contacts, expressions, keys, messages, users
from api.words import say
from api.work.wanting import want
from matcher.duplicates.choosing import put_together
from matcher.errors import ConflictError, NotFoundError
from matcher.records import Organisation
from matcher.store.duplicates import Duplicates
from matcher.store.joining import Merged, Wanted
from matcher.store.separating import Separated

_MOVED: tuple[tuple[Table, str], ...] = (
    (contacts, "organisation"),
    (messages, "organisation"),
    (messages, "from_organisation"),
    (users, "organisation"),
    (keys, "organisation"),
    (expressions, "organisation"),
    (choices, "asked_by"),
    (choices, "organisation"),
)
"""Columns that name an organisation."""
_CHUNK = 500


def duplicates_of(request: Request) -> Duplicates:
    """Return what the store knows of organisations that may be one."""
    return Duplicates(engine_of(request).store)


def look_again(request: Request) -> bool:
    """Have pairs looked for where the store has changed since; return whether that is still to come."""
    is_behind = engine_of(request).has_records() and duplicates_of(request).is_behind()
    if is_behind:
        want(request.app.state.service.jobs, "duplicates")
    return is_behind


@dataclass(frozen=True, slots=True)
class Both:
    """Two organisations as somebody read them: left and right, each with its version."""

    left: Organisation
    right: Organisation
    versions: tuple[bytes, bytes]


def both(request: Request, left: str, right: str, asking: Principal) -> Both:
    """Return two organisations; Problem where one is not there, or both are one."""
    if left == right:
        raise Problem("invalid-request", say("not_one", reader_of(request)))
    store = engine_of(request).store
    found = []
    for id in (left, right):
        one = store.organisation_with_print(id)
        if one is None:
            raise absent(request, id, asking)
        found.append(one)
    return Both(found[0][0], found[1][0], (found[0][1], found[1][1]))


def merge(
    request: Request, asking: Principal, two: Both, stays: Literal["left", "right"], chosen: dict[str, str]
) -> Merged:
    """Merge two organisations field by field; Problem where one is no longer as it was read."""
    sides = {"left": two.left, "right": two.right}
    versions = dict(zip(sides, two.versions, strict=True))
    goes = "right" if stays == "left" else "left"
    wanted = Wanted(
        gone=sides[goes].id,
        merged=put_together(two.left, two.right, stays, chosen),
        stays_is=versions[stays],
        gone_is=versions[goes],
    )
    try:
        done = duplicates_of(request).merge(wanted, moved)
    except (NotFoundError, ConflictError) as error:
        raise Problem("precondition-failed", say("merge_changed", reader_of(request))) from error
    note(
        request, asking, "organisation.merged", ("organisation", wanted.merged.id), gone=wanted.gone, merge=done.number
    )
    want(request.app.state.service.jobs, "snapshot")
    return done


def undo(request: Request, asking: Principal, number: int) -> Separated:
    """Undo a merge; Problem where there is none to undo, or another must be undone first."""
    try:
        done = duplicates_of(request).undo(number, moved_back)
    except NotFoundError as error:
        raise Problem("not-found", say("no_merge", reader_of(request), number=number)) from error
    except ConflictError as error:
        raise Problem("conflict", say("merge_first", reader_of(request))) from error
    note(request, asking, "organisation.separated", ("organisation", done.stays), gone=done.gone, merge=number)
    want(request.app.state.service.jobs, "snapshot")
    return done


def keep_apart(request: Request, asking: Principal, left: str, right: str) -> bool:
    """Keep that two organisations are two, and return whether that is new; Problem where one is not there."""
    both(request, left, right, asking)
    is_new = duplicates_of(request).keep_apart(left, right)
    if is_new:
        note(request, asking, "organisation.apart", ("organisation", left), other=right)
    return is_new


def take_back_apart(request: Request, asking: Principal, left: str, right: str) -> None:
    """Forget that two organisations are two; Problem where nobody said so."""
    if not duplicates_of(request).take_back_apart(left, right):
        raise Problem("not-found", say("not_apart", reader_of(request)))
    note(request, asking, "organisation.not-apart", ("organisation", left), other=right)


def moved(connection: Connection, gone: str, stays: str) -> str:
    """Give what one organisation has in the service to another, and return as text which rows that were.

    What both have, as a choice about the same third, stays where it is: it is there again once this is undone.
    """
    told: dict[str, list[int]] = {}
    for table, column in _MOVED:
        own = table.c[column] == gone
        if table is choices:
            own = own & ~_has_same(column, stays)
        numbers = list(connection.execute(select(table.c.number).where(own).order_by(table.c.number)).scalars())
        _name(connection, table, column, numbers, stays)
        told[f"{table.name}.{column}"] = numbers
    return json.dumps({name: numbers for name, numbers in told.items() if numbers})


def moved_back(connection: Connection, stays: str, gone: str, told: str) -> None:
    """Give back what `moved` moved, as far as it is still with who stayed."""
    rows: dict[str, list[int]] = json.loads(told) if told else {}
    for table, column in reversed(_MOVED):
        numbers = rows.get(f"{table.name}.{column}", [])
        held: list[int] = []
        for start in range(0, len(numbers), _CHUNK):
            there = table.c.number.in_(numbers[start : start + _CHUNK]) & (table.c[column] == stays)
            held.extend(connection.execute(select(table.c.number).where(there)).scalars())
        _name(connection, table, column, held, gone)


def _name(connection: Connection, table: Table, column: str, numbers: list[int], id: str) -> None:
    """Write an organisation's id into rows; where they have a version, it is another from then on."""
    values: dict[str, Any] = {column: id}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    for start in range(0, len(numbers), _CHUNK):
        connection.execute(table.update().where(table.c.number.in_(numbers[start : start + _CHUNK])).values(values))


def _has_same(column: str, stays: str) -> Any:
    """Return the condition that a choice would be there twice, or be of somebody about itself."""
    other = choices.alias()
    rest = [name for name in ("asked_by", "organisation", "kind") if name != column]
    same = [other.c[name] == choices.c[name] for name in rest]
    twice = select(func.count()).select_from(other).where(other.c[column] == stays, *same).correlate(choices)
    counterpart = "organisation" if column == "asked_by" else "asked_by"
    return or_(twice.scalar_subquery() > 0, choices.c[counterpart] == stays)
