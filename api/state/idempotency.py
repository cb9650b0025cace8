"""Idempotency keys: a request that is sent twice is done once, and answered alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from api.state.columns import written
from api.state.rows import check_texts
from api.state.tables import idempotency
from api.state.tokens import Clock, utc_now
from matcher.store.connecting import reading, writing

STALE_AFTER = timedelta(minutes=15)
"""A request that has been running for so long died with its process; longer than any request may take."""

_LONGEST = {"key": 255, "actor": 400, "route": 400, "fingerprint": 64}
_RUNNING, _DONE, _LOST = "running", "done", "lost"
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request with an idempotency key."""

    key: str
    actor: str
    """Id of the user or key that asks: nobody sees the answer to another's request."""
    route: str
    """Method and route."""
    fingerprint: str
    """SHA-256 of what was asked, hexadecimal."""


@dataclass(frozen=True, slots=True)
class New:
    """The request is to be done; say `finish` or `abandon` after."""

    seed: str = field(default="", compare=False)
    """Of the ids of what it makes: the same where the request is done again."""
    again: bool = field(default=False, compare=False)
    """Whether it was begun before by a process that died: what it makes may be there already."""


@dataclass(frozen=True, slots=True)
class Running:
    """The same request is being done."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The request was done; this was the answer."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class Idempotency:
    """Keeps which requests were begun, and their answers."""

    def __init__(self, engine: Engine, now: Clock = utc_now, stale_after: timedelta = STALE_AFTER) -> None:
        self._engine = engine
        self._now = now
        self._stale_after = stale_after

    def begin(self, asked: Asked) -> New | Replay | Mismatch | Running:
        """Say what to do with a request; of several alike at once exactly one is New.

        Raises InputError where the key is longer than 255 characters or cannot be kept.
        """
        check_texts(asked, _LONGEST)
        now = self._now()
        with writing(self._engine) as connection:
            for _ in range(_ATTEMPTS):
                if _insert(connection, asked, seed := token_hex(16), now):
                    return New(seed)
                row = connection.execute(select(idempotency).where(_own(asked)).with_for_update()).mappings().first()
                if row is not None:  # None where another process abandoned it just now
                    return self._known(connection, asked, dict(row), now)
        return Running()

    def finish(self, asked: Asked, answer: Replay) -> None:
        """Keep the answer to a request that was New."""
        running = _own(asked) & (idempotency.c.state == _RUNNING)
        values = {
            "state": _DONE,
            "status": answer.status,
            "headers": [list(pair) for pair in answer.headers],
            "body": answer.body,
        }
        with writing(self._engine) as connection:
            connection.execute(idempotency.update().where(running).values(values))

    def abandon(self, asked: Asked) -> None:
        """Forget a request that was New and was not done, so that it can be sent again."""
        running = _own(asked) & (idempotency.c.state == _RUNNING)
        with writing(self._engine) as connection:
            connection.execute(idempotency.delete().where(running))

    def lose(self, asked: Asked | None = None) -> int:
        """Say that nobody does a request any more, and nobody knows how far it came; return how many there were.

        It can be sent again at once. A service that starts says so of all that are running, where none is given.
        """
        running = idempotency.c.state == _RUNNING
        chosen = running if asked is None else running & _own(asked)
        with writing(self._engine) as connection:
            return connection.execute(idempotency.update().where(chosen).values(state=_LOST)).rowcount

    def forget_older(self, than: datetime) -> int:
        """Forget the requests that were begun before a moment, and return how many there were."""
        with writing(self._engine) as connection:
            return connection.execute(idempotency.delete().where(idempotency.c.created < than)).rowcount

    def forget(self, text: str) -> int:
        """Forget the requests of an actor, and those whose answer holds a text, and return how many there were."""
        if not text:
            return 0
        own = idempotency.c
        plain, quoted = text.encode("utf-8", "surrogatepass"), written(text)[1:-1].encode()
        count = 0
        with reading(self._engine) as connection:
            known = connection.execute(select(own.actor, own.key)).all()
        for actor, key in known:  # one at a time: all bodies together may be large
            is_it = (own.actor == actor) & (own.key == key)
            with reading(self._engine) as connection:
                headers, body = connection.execute(select(own.headers, own.body).where(is_it)).first() or (None, None)
            held = (body or b"") + b"\n" + written(headers).encode()
            if actor == text or plain in held or quoted in held:
                with writing(self._engine) as connection:
                    count += connection.execute(idempotency.delete().where(is_it)).rowcount
        return count

    def _known(
        self, connection: Connection, asked: Asked, row: Mapping[str, Any], now: datetime
    ) -> New | Replay | Mismatch | Running:
        if (row["route"], row["fingerprint"]) != (asked.route, asked.fingerprint):
            return Mismatch()
        if row["state"] == _DONE:
            return Replay(row["status"], tuple((name, value) for name, value in row["headers"]), row["body"])
        if row["state"] == _RUNNING and now - row["created"] < self._stale_after:
            return Running()
        connection.execute(idempotency.update().where(_own(asked)).values(state=_RUNNING, created=now))
        return New((row["body"] or b"").decode() or token_hex(16), again=True)


def _insert(connection: Connection, asked: Asked, seed: str, now: datetime) -> bool:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {
        "actor": asked.actor,
        "key": asked.key,
        "route": asked.route,
        "fingerprint": asked.fingerprint,
        "state": _RUNNING,
        "body": seed.encode(),  # until there is an answer
        "created": now,
    }
    statement = insert(idempotency).values(values).on_conflict_do_nothing().returning(idempotency.c.key)
    return connection.execute(statement).first() is not None


def _own(asked: Asked) -> Any:
    return (idempotency.c.actor == asked.actor) & (idempotency.c.key == asked.key)
