"""Aliases: ids of organisations that were merged into others; what names them means the one that stays."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Engine, select

from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store.connecting import reading
from matcher.store.tables import aliases, organisations

Rename = Callable[[str], str]


def known_ids(engine: Engine) -> frozenset[str]:
    """Return every id by which an import may name an organisation: those that are there, and their aliases."""
    with reading(engine) as connection:
        return frozenset(connection.execute(select(organisations.c.id)).scalars()) | names(connection).keys()


def names(connection: Connection) -> dict[str, str]:
    """Return alias -> id of the organisation that stays in the end, as far as it is there."""
    direct = {
        row.alias: row.organisation for row in connection.execute(select(aliases.c.alias, aliases.c.organisation))
    }
    if not direct:
        return {}
    ends = {alias: _end(direct, alias) for alias in direct}
    present = _present(connection, {*direct, *ends.values()})
    return {alias: end for alias, end in ends.items() if end in present and alias not in present}


def aliases_of(engine: Engine, id: str) -> list[str]:
    """Return the ids of organisations that were merged into one, directly or by way of others, in order."""
    with reading(engine) as connection:
        return sorted(alias for alias, stays in names(connection).items() if stays == id)


def stays_of(connection: Connection, id: str) -> str | None:
    """Return the organisation into which another was merged, None where it was not."""
    return names(connection).get(id)


def renamed(records: Records, known: Mapping[str, str]) -> tuple[Records, dict[str, str]]:
    """Return records that name who stays, and the aliases that they held, each with who stays.

    What came under an alias stands first, so that what a file says of the one that stays has the last word.
    """
    used: dict[str, str] = {}

    def now(id: str) -> str:
        if id in known:
            used[id] = known[id]
        return known.get(id, id)

    moved = [replace(one, id=now(one.id)) for one in records.organisations if one.id in known]
    others = [one for one in records.organisations if one.id not in known]
    return (
        Records(
            [in_conflicts(one, now) for one in (*moved, *others)],
            [in_collaboration(one, now) for one in records.collaborations],
            [in_brief(one, now) for one in records.briefs],
            [each for one in records.decisions if (each := in_decision(one, now)) is not None],
        ),
        used,
    )


def in_collaboration(one: Collaboration, now: Rename) -> Collaboration:
    """Return a collaboration with its members by the names that they have now, each once in a role."""
    if not _differ((each.organisation for each in one.members), now):
        return one
    members = (Member(organisation=now(each.organisation), role=each.role) for each in one.members)
    return replace(one, members=tuple(dict.fromkeys(members)))


def in_brief(one: Brief, now: Rename) -> Brief:
    """Return a brief with its owner and exclusions by the names that they have now."""
    owner = None if one.owner is None else now(one.owner)
    if owner == one.owner and not _differ(one.exclusions, now):
        return one
    return replace(one, owner=owner, exclusions=_once(now(each) for each in one.exclusions))


def in_decision(one: Decision, now: Rename) -> Decision | None:
    """Return a decision with its sides by the names that they have now, None where both are one; its id stays."""
    asked_by, organisation = now(one.asked_by), now(one.organisation)
    if (asked_by, organisation) == (one.asked_by, one.organisation):
        return one
    return None if asked_by == organisation else replace(one, asked_by=asked_by, organisation=organisation)


def in_conflicts(one: Organisation, now: Rename) -> Organisation:
    """Return an organisation with its conflicts by the names that they have now; none is with itself."""
    if not _differ(one.conflicts, now):
        return one
    return replace(one, conflicts=_once(each for id in one.conflicts if (each := now(id)) != one.id))


def _differ(ids: Iterable[str], now: Rename) -> bool:
    return any(now(id) != id for id in ids)


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _end(direct: Mapping[str, str], alias: str) -> str:
    seen = {alias}
    while (following := direct.get(alias)) is not None and following not in seen:
        seen.add(following)
        alias = following
    return alias


def _present(connection: Connection, ids: Iterable[str]) -> set[str]:
    asked, chunk = sorted(ids), 500
    found: set[str] = set()
    for start in range(0, len(asked), chunk):
        query = select(organisations.c.id).where(organisations.c.id.in_(asked[start : start + chunk]))
        found.update(connection.execute(query).scalars())
    return found
