"""The audit: who did what to what, noted once and never changed, but for the names of whom an erasure takes out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, and_, cast, or_, select
from sqlalchemy.types import Text

from api.state.columns import written
from api.state.records import AuditEntry, NewAuditEntry, Page
from api.state.rows import MAX_KEY_CHARS, columns_of, newest_first, record_of, storable
from api.state.tables import audit
from api.state.tokens import Clock, utc_now
from matcher.errors import InputError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

ERASED = "erased"
"""What stands where an id was."""
MAX_DETAIL_CHARS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries to tell; what is None does not matter."""

    actor: str | None = None
    action: str | None = None
    """How the action starts: `contact` for everything that was done with contacts."""
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


class Audit:
    """Notes what was done."""

    def __init__(self, engine: Engine, now: Clock = utc_now) -> None:
        self._engine = engine
        self._now = now

    def add(self, entry: NewAuditEntry) -> AuditEntry:
        """Note what was done; InputError where the detail is longer than 4,000 characters of JSON.

        Every other text is cut to 400 characters, with a mark, and signs that no database keeps are replaced: what
        a stranger sent must not keep the entry from being made.
        """
        if len(written(dict(entry.detail))) > MAX_DETAIL_CHARS:
            raise InputError(f"The detail of an audit entry holds at most {MAX_DETAIL_CHARS:,} characters; note less.")
        values = {name: _kept(value) if isinstance(value, str) else value for name, value in columns_of(entry).items()}
        values["at"] = self._now()
        with writing(self._engine) as connection:
            id = connection.execute(audit.insert().values(values).returning(audit.c.id)).scalar_one()
        return record_of(AuditEntry, values | {"id": id})

    def page(self, chosen: AuditFilter | None = None, after: int | None = None, limit: int = 50) -> Page[AuditEntry]:
        """Return the entries of a filter, the newest first."""
        conditions = _conditions(chosen or AuditFilter())
        with reading(self._engine) as connection:
            found = newest_first(connection, audit, conditions, after, limit)
        return Page([record_of(AuditEntry, row) for row in found.items], found.next)

    def forget(self, id: str) -> int:
        """Put `erased` where an id stands, and return in how many entries it stood.

        Entries of or about it lose their detail too; in others the id is replaced wherever it is a word of its own.
        """
        if not id or not is_storable(id):
            return 0
        is_side = or_(audit.c.actor == id, audit.c.target == id)
        text = cast(audit.c.detail, Text)
        mentions = and_(~is_side, text.contains(written(id)[1:-1], autoescape=True))
        without = _replacing(id)
        count = 0
        with writing(self._engine) as connection:
            for row in connection.execute(select(audit.c.id, audit.c.detail).where(mentions)).all():
                detail = without(row.detail)
                if detail != row.detail:
                    count += 1
                    connection.execute(audit.update().where(audit.c.id == row.id).values(detail=detail))
            count += connection.execute(audit.update().where(is_side).values(detail={})).rowcount
            for side in (audit.c.actor, audit.c.target):
                connection.execute(audit.update().where(side == id).values({side: ERASED}))
        return count


def _kept(text: str) -> str:
    text = storable(text)
    return text if len(text) <= MAX_KEY_CHARS else text[: MAX_KEY_CHARS - 1] + "…"


def _conditions(chosen: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    sides: list[tuple[Column[str], str | None]] = [(audit.c.actor, chosen.actor), (audit.c.target, chosen.target)]
    found.extend(column == _kept(value) for column, value in sides if value is not None)
    if chosen.action is not None:
        start = _kept(chosen.action)
        found += [audit.c.action >= start, audit.c.action < start + "\U0010ffff"]
    if chosen.since is not None:
        found.append(audit.c.at >= chosen.since)
    if chosen.until is not None:
        found.append(audit.c.at < chosen.until)
    return found


def _replacing(id: str) -> Callable[[Any], Any]:
    """Return what puts `erased` for an id in every text of a JSON value."""
    pattern = re.compile(rf"(?<!\w){re.escape(id)}(?!\w)")

    def replace(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(ERASED, value)
        if isinstance(value, list):
            return [replace(one) for one in value]
        if isinstance(value, dict):
            return {replace(name): replace(one) for name, one in value.items()}
        return value

    return replace
