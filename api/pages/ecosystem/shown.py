"""Shown: which pairs of organisations were brought to somebody's eyes, by what was decided and chosen about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from api.access.principals import Principal
from api.state.tables import choices
from matcher.ecosystem.outcomes import Shown
from matcher.store.connecting import reading
from matcher.store.decision_pages import BRIEF
from matcher.store.sql import SqlStore
from matcher.store.tables import briefs, collaborations, decisions, memberships, organisations

PROGRAMME = "programme"
"""Kind of the collaborations whose members are told apart."""
MOST_PROGRAMMES = 200


@dataclass(frozen=True)
class Chosen:
    """Which pairs are told: those first seen in a period, of a programme."""

    since: date | None = None
    until: date | None = None
    programme: str = ""
    """Id of a collaboration; of a pair one at least takes part in it."""

    def holds(self, first: date) -> bool:
        """Tell whether a pair belongs to the period by the day on which it was first seen."""
        return (self.since is None or self.since <= first) and (self.until is None or first <= self.until)


def shown_pairs(store: SqlStore, asking: Principal, chosen: Chosen) -> Iterator[Shown]:
    """Yield every decision and choice of those sides that somebody may know of.

    Who runs the programme knows of all, a member of decisions of and about its own side, as in their list, and of what
    its own side chose.
    """
    with reading(store.engine) as connection:
        owners = {BRIEF + id: owner for id, owner in connection.execute(select(briefs.c.id, briefs.c.owner))}
        taking_part = _members(connection, chosen.programme) if chosen.programme else None
        told = list(_all(connection))
    for one in told:
        asker = owners.get(one.asked_by) or one.asked_by
        sides = {asker, one.organisation}
        known = sides if one.step else {asker}  # whom others put on a list, or take off it, is their own affair
        is_known = asking.sees_everything or (bool(asking.organisation) and asking.organisation in known)
        if is_known and (taking_part is None or sides & taking_part):
            yield one


def programmes(store: SqlStore, asking: Principal) -> list[tuple[str, str]]:
    """Return ids and titles of the programmes, the newest first; a member is told of those it takes part in."""
    one = collaborations.c
    query = select(one.id, one.title).where(one.kind == PROGRAMME)
    if not asking.sees_everything:
        own = select(memberships.c.collaboration).where(memberships.c.organisation == asking.organisation)
        query = query.where(one.id.in_(own))
    with reading(store.engine) as connection:
        found = connection.execute(query.order_by(one.start.desc(), one.id).limit(MOST_PROGRAMMES)).all()
    return [(id, title or id) for id, title in found]


def _all(connection: Connection) -> Iterator[Shown]:
    one, other = decisions.c, choices.c
    for asked_by, organisation, step, day in connection.execute(
        select(one.asked_by, one.organisation, one.step, one.decided_on)
    ):
        yield Shown(asked_by, organisation, date.fromisoformat(day), step)
    # Whatever was chosen about a place in a list was seen there: who is vetoed was suggested, too.
    known = select(organisations.c.id)
    query = select(other.asked_by, other.organisation, other.created).where(other.organisation.in_(known))
    for asked_by, organisation, created in connection.execute(query):
        yield Shown(asked_by, organisation, created.date())


def _members(connection: Connection, programme: str) -> set[str]:
    query = select(memberships.c.organisation).where(memberships.c.collaboration == programme)
    return set(connection.execute(query).scalars())
