"""Sessions: people who are logged in, known by a token of which only the hash is kept."""

from datetime import timedelta
from secrets import token_urlsafe

from sqlalchemy import Engine, or_, select

from api.state.records import OpenSession, Refused, Session
from api.state.rows import record_of, storable, write_if_free, writing_or
from api.state.tables import sessions, users
from api.state.tokens import BYTES, Clock, NewId, NewToken, derived, digest, random_id, utc_now
from matcher.errors import NotFoundError
from matcher.store.connecting import reading, writing

LONGEST, LONGEST_IDLE = timedelta(hours=12), timedelta(hours=2)
SEEN_WITHIN = timedelta(minutes=1)
"""How exactly the last request is kept."""


class Sessions:
    """Keeps who is logged in; a session ends after `longest`, or after `idle` without a request."""

    def __init__(
        self,
        engine: Engine,
        now: Clock = utc_now,
        new_id: NewId = random_id,
        token: NewToken = token_urlsafe,
        longest: timedelta = LONGEST,
        idle: timedelta = LONGEST_IDLE,
    ) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id
        self._token = token
        self._longest = longest
        self._idle = idle

    def create(self, user: str) -> tuple[Session, str]:
        """Begin a session of a user, and return it with its token; NotFoundError where there is no such user."""
        now, token = self._now(), self._token(BYTES)
        expires = now + self._longest
        values = {
            "id": self._new_id(),
            "user": user,
            "created": now,
            "last_seen": now,
            "expires": expires,
        }
        with writing_or(self._engine, NotFoundError(f"There is no user {user!r}.")) as connection:
            connection.execute(sessions.insert().values(values | {"hash": digest(token)}))
        return record_of(Session, values, csrf=_csrf(token)), token

    def verify(self, token: str) -> Session:
        """Return the session of a token, and note that it was seen.

        Raises Refused: `unknown`, `expired`, or `inactive` where the user is.
        """
        now = self._now()
        query = select(sessions, users.c.active).join(users, sessions.c.user == users.c.id)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(sessions.c.hash == digest(token))).mappings().one_or_none()
        if found is None:
            raise Refused("unknown", "There is no such session; log in.")
        session = record_of(Session, dict(found), csrf=_csrf(token))
        if now >= session.expires or now - session.last_seen >= self._idle:
            raise Refused("expired", "The session has ended; log in again.")
        if not found["active"]:
            raise Refused("inactive", "This account is not active; ask an administrator.")
        if now - session.last_seen >= min(SEEN_WITHIN, self._idle / 4):
            earlier = (sessions.c.id == session.id) & (sessions.c.last_seen < now)
            write_if_free(self._engine, sessions.update().where(earlier).values(last_seen=now))
        return session

    def end(self, token: str) -> bool:
        """End the session of a token, and return whether there was one."""
        with writing(self._engine) as connection:
            return connection.execute(sessions.delete().where(sessions.c.hash == digest(token))).rowcount > 0

    def end_all_of(self, user: str) -> int:
        """End every session of a user, and return how many there were."""
        with writing(self._engine) as connection:
            return connection.execute(sessions.delete().where(sessions.c.user == user)).rowcount

    def of(self, user: str) -> list[OpenSession]:
        """Return the sessions of a user that have not ended, the newest first."""
        now = self._now()
        is_open = (sessions.c.expires > now) & (sessions.c.last_seen > now - self._idle)
        query = select(sessions).where(sessions.c.user == storable(user), is_open).order_by(sessions.c.number.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [record_of(OpenSession, dict(row)) for row in rows]

    def end_others(self, user: str, kept: str) -> int:
        """End every session of a user but one, given by its id, and return how many there were."""
        others = (sessions.c.user == storable(user)) & (sessions.c.id != storable(kept))
        with writing(self._engine) as connection:
            return connection.execute(sessions.delete().where(others)).rowcount

    def forget_expired(self) -> int:
        """Remove the sessions that have ended by themselves, and return how many there were."""
        now = self._now()
        ended = or_(sessions.c.expires <= now, sessions.c.last_seen <= now - self._idle)
        with writing(self._engine) as connection:
            return connection.execute(sessions.delete().where(ended)).rowcount


def _csrf(token: str) -> str:
    return derived(token, "csrf")
