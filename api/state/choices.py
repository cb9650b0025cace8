"""Choices: what people decide about places in the suggestions for one asking side; kept over every re-run."""

from typing import get_args

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select

from api.state.records import Choice, ChoiceKind, NewChoice, Shortlist
from api.state.rows import MAX_KEY_CHARS, MAX_PAGE, check_choice, check_texts, columns_of, record_of
from api.state.tables import choices
from api.state.tokens import Clock, utc_now
from matcher.errors import InputError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

KINDS: tuple[str, ...] = get_args(ChoiceKind)
MOST_OF_ONE = 1_000
"""So many choices of one asking side are kept at most."""
MOST_REASON_CHARS = 2_000
_LONGEST = {
    "asked_by": MAX_KEY_CHARS,
    "organisation": MAX_KEY_CHARS,
    "made_by": MAX_KEY_CHARS,
    "reason": MOST_REASON_CHARS,
}
_MOST_PLACE = 1_000_000


class Choices:
    """Keeps choices."""

    def __init__(self, engine: Engine, now: Clock = utc_now) -> None:
        self._engine = engine
        self._now = now

    def put(self, *made: NewChoice) -> None:
        """Keep choices, all or none; one that is there already (side, organisation and kind) is made anew.

        InputError where a value cannot be kept, or a side would have more than MOST_OF_ONE.
        """
        for one in made:
            _check(one)
        with writing(self._engine) as connection:
            for one in made:
                self._put(connection, one)

    def remove(self, asked_by: str, organisation: str, kind: str) -> bool:
        """Remove a choice, and return whether there was one."""
        if not is_storable(asked_by + organisation + kind):
            return False
        same = (choices.c.asked_by == asked_by) & (choices.c.organisation == organisation) & (choices.c.kind == kind)
        with writing(self._engine) as connection:
            return connection.execute(choices.delete().where(same)).rowcount > 0

    def of(self, asked_by: str) -> list[Choice]:
        """Return the choices of an asking side, the oldest first."""
        if not is_storable(asked_by):
            return []
        query = select(choices).where(choices.c.asked_by == asked_by).order_by(choices.c.number)
        with reading(self._engine) as connection:
            return [record_of(Choice, dict(row)) for row in connection.execute(query).mappings()]

    def about(self, side: str) -> list[Choice]:
        """Return the choices of and about an organisation, or of `brief:ID`, the oldest first."""
        if not is_storable(side):
            return []
        with reading(self._engine) as connection:
            query = select(choices).where(_concern(side)).order_by(choices.c.number)
            return [record_of(Choice, dict(row)) for row in connection.execute(query).mappings()]

    def shortlists(self, most: int = MAX_PAGE) -> list[Shortlist]:
        """Return the asking sides for which somebody was chosen, the one with the newest choice first."""
        newest = func.max(choices.c.created).label("newest")
        query = (
            select(choices.c.asked_by, func.count().label("count"), newest)
            .where(choices.c.kind == "shortlist")
            .group_by(choices.c.asked_by)
            .order_by(newest.desc(), choices.c.asked_by)
            .limit(most)
        )
        with reading(self._engine) as connection:
            return [Shortlist(side, count, at) for side, count, at in connection.execute(query).all()]

    def forget(self, side: str) -> int:
        """Remove the choices of and about an organisation, or of `brief:ID`, and return how many there were."""
        if not is_storable(side):
            return 0
        with writing(self._engine) as connection:
            return connection.execute(choices.delete().where(_concern(side))).rowcount

    def forget_maker(self, id: str) -> int:
        """Take the id of a user or key from the choices that they made, and return from how many."""
        if not id or not is_storable(id):
            return 0
        with writing(self._engine) as connection:
            of_them = choices.update().where(choices.c.made_by == id)
            return connection.execute(of_them.values(made_by="")).rowcount

    def _put(self, connection: Connection, one: NewChoice) -> None:
        values = columns_of(one) | {"created": self._now()}
        same = choices.c.asked_by == one.asked_by
        count = connection.execute(select(func.count()).select_from(choices).where(same)).scalar_one()
        same = same & (choices.c.organisation == one.organisation) & (choices.c.kind == one.kind)
        if connection.execute(choices.update().where(same).values(values)).rowcount:
            return
        if count >= MOST_OF_ONE:
            raise InputError(f"{MOST_OF_ONE:,} choices are kept here, and no more; take some back first.")
        connection.execute(choices.insert().values(values))


def _concern(side: str) -> ColumnElement[bool]:
    return or_(choices.c.asked_by == side, choices.c.organisation == side)


def _check(one: NewChoice) -> None:
    check_choice("kind", one.kind, KINDS)
    check_texts(one, _LONGEST)
    if not one.asked_by or not one.organisation:
        raise InputError("A choice names who asks and who is suggested; give both ids.")
    if one.place is not None and not 1 <= one.place <= _MOST_PLACE:
        raise InputError(f"The place is {one.place}; give a number from 1 on.")
