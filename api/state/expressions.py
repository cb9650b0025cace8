"""Expressions of interest: an organisation would like to answer a brief, and what the other side says to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Update, and_, func, or_, select

from api.state.records import Expression, ExpressionState, NewExpression, Page
from api.state.rows import MAX_KEY_CHARS, check_texts, columns_of, newest_first, one_row, record_of, storable
from api.state.tables import expressions
from api.state.tokens import Clock, NewId, random_id, utc_now
from matcher.errors import ConflictError, InputError, NotFoundError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

WAITS = timedelta(days=14)
"""So long an expression of interest waits for its answer at most."""
BEFORE: dict[ExpressionState, tuple[ExpressionState, ...]] = {
    "accepted": ("sent", "declined"),
    "declined": ("sent", "accepted"),
    "withdrawn": ("sent", "accepted"),
}
"""State -> the states from which it can be reached; an answer can be changed, what is over is over."""
OVER: tuple[ExpressionState, ...] = ("withdrawn", "expired")
"""States after which the same organisation may express its interest anew."""
_LONGEST = dict.fromkeys(("brief", "organisation", "made_by"), MAX_KEY_CHARS) | {"text": 10_000}
_CHUNK = 500


class Impossible(Exception):  # noqa: N818  # what happened; nothing is out of order
    """A step that the present state does not allow; `present` is the expression as it stands."""

    def __init__(self, present: Expression) -> None:
        super().__init__(present.state)
        self.present = present


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFilter:
    """Which expressions to tell; what is None does not matter."""

    brief: str | None = None
    organisation: str | None = None
    state: ExpressionState | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many answers wait, and since when the oldest does."""

    count: int
    oldest: datetime


class Expressions:
    """Keeps expressions of interest; one that waited too long is told as expired from that moment on."""

    def __init__(self, engine: Engine, now: Clock = utc_now, new_id: NewId = random_id) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id

    def create(self, new: NewExpression, end: datetime | None = None) -> Expression:
        """Keep an expression of interest, which waits until `end` (of the brief) and not longer than WAITS.

        Raises InputError where a value cannot be, and Impossible where the organisation has one that is not over.
        """
        check_texts(new, _LONGEST)
        if not new.brief or not new.organisation or not new.text.strip():
            raise InputError("The expression of interest names no brief, no organisation or has no text; give all.")
        now = self._now()
        made = Expression(
            **columns_of(new), id=self._new_id(), created=now, expires=_soonest(now, end), state="sent", version=1
        )
        with writing(self._engine) as connection:
            if row := one_row(connection, expressions, "id", made.id):  # this very request was begun before
                return _told(row, now)
            _exclude_others(connection, new.brief)
            same = and_(expressions.c.brief == new.brief, expressions.c.organisation == new.organisation)
            for row in newest_first(connection, expressions, [same], None, 1).items:
                if (present := _told(row, now)).state not in OVER:
                    raise Impossible(present)
            connection.execute(expressions.insert().values(columns_of(made)))
        return made

    def get(self, id: str) -> Expression | None:
        """Return an expression of interest, None where there is none of this id."""
        with reading(self._engine) as connection:
            row = one_row(connection, expressions, "id", id)
        return None if row is None else _told(row, self._now())

    def page(
        self, chosen: ExpressionFilter | None = None, after: int | None = None, limit: int = 50
    ) -> Page[Expression]:
        """Return the expressions of a filter, the newest first."""
        now = self._now()
        with reading(self._engine) as connection:
            found = newest_first(connection, expressions, _conditions(chosen or ExpressionFilter(), now), after, limit)
        return Page([_told(row, now) for row in found.items], found.next)

    def step(self, known: Expression, state: ExpressionState, reason: str = "") -> Expression:
        """Bring an expression into another state, where nobody has since it was read (`known.version`).

        Raises NotFoundError, ConflictError where it was changed since, Impossible where its state does not allow it,
        and InputError where the reason cannot be kept.
        """
        now = self._now()
        newer = replace(known, state=state, reason=reason, answered=now, version=known.version + 1)
        check_texts(newer, {"reason": 2_000})
        with writing(self._engine) as connection:
            row = one_row(connection, expressions, "id", known.id)
            if row is None:
                raise NotFoundError(f"There is no expression of interest {known.id!r}.")
            present = _told(row, now)
            if present.version != known.version:
                raise ConflictError("Somebody else has changed this expression of interest; read it again.")
            if present.state not in BEFORE[state]:
                raise Impossible(present)
            values = {"state": state, "reason": reason, "answered": now, "version": newer.version}
            connection.execute(_one(known.id).values(values))
        return newer

    def waiting(self, briefs: Sequence[str]) -> dict[str, Waiting]:
        """Return how many expressions wait for an answer, by brief; briefs without any are left out."""
        one, found = expressions.c, {}
        wait = and_(one.state == "sent", or_(one.expires.is_(None), one.expires > self._now()))
        query = select(one.brief, func.count(), func.min(one.created)).where(wait).group_by(one.brief)
        asked = [id for id in briefs if is_storable(id)]
        with reading(self._engine) as connection:
            for start in range(0, len(asked), _CHUNK):
                rows = connection.execute(query.where(one.brief.in_(asked[start : start + _CHUNK])))
                found.update({brief: Waiting(count, oldest) for brief, count, oldest in rows})
        return found

    def follow(self, brief: str, end: datetime | None) -> None:
        """Let what waits for an answer end with a brief whose last day was changed."""
        wait = and_(expressions.c.brief == brief, expressions.c.state == "sent")
        with writing(self._engine) as connection:
            for row in connection.execute(select(expressions).where(wait)).mappings().all():
                if _told(row, self._now()).state == "sent":
                    values = {"expires": _soonest(row["created"], end)}
                    connection.execute(_one(row["id"]).values(values))

    def settle(self) -> int:
        """Write down as expired what has expired by itself, and return how many there were."""
        one = expressions.c
        over = and_(one.state == "sent", one.expires <= self._now())
        values = {"state": "expired", "answered": one.expires, "version": one.version + 1}
        with writing(self._engine) as connection:
            return connection.execute(expressions.update().where(over).values(values)).rowcount

    def forget(self, organisation: str = "", briefs: Collection[str] = ()) -> int:
        """Remove the expressions of an organisation and those for briefs, and return how many there were."""
        one = expressions.c
        own = [one.organisation == organisation] if organisation and is_storable(organisation) else []
        asked = [id for id in briefs if is_storable(id)]
        parts = [one.brief.in_(asked[start : start + _CHUNK]) for start in range(0, len(asked), _CHUNK)]
        with writing(self._engine) as connection:
            return sum(connection.execute(expressions.delete().where(part)).rowcount for part in (*own, *parts))

    def forget_maker(self, id: str) -> int:
        """Let no expression name who wrote it for an organisation, and return how many did."""
        if not id or not is_storable(id):
            return 0
        own = expressions.c.made_by == id
        with writing(self._engine) as connection:
            return connection.execute(expressions.update().where(own).values(made_by="")).rowcount


def _told(row: Any, now: datetime) -> Expression:
    """Return a row as it is to be told: what waited too long has expired, whether or not that is written down."""
    one = record_of(Expression, row)
    if one.state == "sent" and one.expires is not None and one.expires <= now:
        return replace(one, state="expired", answered=one.expires, version=one.version + 1)
    return one


def _soonest(created: datetime, end: datetime | None) -> datetime:
    return created + WAITS if end is None else max(created, min(created + WAITS, end))


def _one(id: str) -> Update:
    return expressions.update().where(expressions.c.id == id)


def _exclude_others(connection: Connection, brief: str) -> None:
    """Let one organisation after the other express its interest in a brief; SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"expressions {brief}"))))


def _conditions(chosen: ExpressionFilter, now: datetime) -> list[ColumnElement[bool]]:
    one = expressions.c
    found: list[ColumnElement[bool]] = []
    if chosen.brief is not None:
        found.append(one.brief == storable(chosen.brief))
    if chosen.organisation is not None:
        found.append(one.organisation == storable(chosen.organisation))
    late = and_(one.state == "sent", one.expires <= now)
    if chosen.state == "expired":
        found.append(or_(one.state == "expired", late))
    elif chosen.state is not None:
        found += [one.state == chosen.state, ~late if chosen.state == "sent" else one.id.is_not(None)]
    return found
