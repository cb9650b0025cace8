"""API keys: shown once, kept as a hash, scoped, expiring and revocable."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import ColumnElement, Engine, or_, select

from api.state.records import ROLES, SCOPES, Key, NewKey, Page, Refused
from api.state.rows import (
    MAX_KEY_CHARS,
    check_choice,
    check_texts,
    columns_of,
    newest_first,
    one_row,
    record_of,
    storable,
    write_if_free,
    writing_or,
)
from api.state.tables import keys, users
from api.state.tokens import BYTES, Clock, NewId, NewToken, digest, is_same, random_id, utc_now
from matcher.errors import InputError
from matcher.store.connecting import reading, writing

START = "em_"
"""How every key starts, so that one is known where it should not be (in a repository, a log)."""
USED_WITHIN = timedelta(minutes=1)
"""How exactly the last use is kept."""

_PREFIX_BYTES = 6
_PREFIX = slice(len(START), len(START) + 8)
_LENGTH = len(START) + 8 + 1 + 43
_LONGEST = {"name": 200, "organisation": MAX_KEY_CHARS, "owner": MAX_KEY_CHARS, "made_by": MAX_KEY_CHARS}


class Keys:
    """Keeps API keys, written `em_`, eight characters of prefix, `_` and 43 characters of secret."""

    def __init__(
        self, engine: Engine, now: Clock = utc_now, new_id: NewId = random_id, token: NewToken = token_urlsafe
    ) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id
        self._token = token

    def create(self, key: NewKey) -> tuple[Key, str]:
        """Make a key, and return it with its text, which nobody can find out later.

        Raises InputError where a value cannot be, or nobody is the owner.
        """
        now = self._now()
        _check(key, now)
        prefix = self._token(_PREFIX_BYTES)
        text = f"{START}{prefix}_{self._token(BYTES)}"
        made = Key(**columns_of(key), id=self._new_id(), prefix=prefix, created=now)
        nobody = InputError(f"The key's owner {key.owner!r} is no user; give the id of one.")
        with writing_or(self._engine, nobody) as connection:
            connection.execute(keys.insert().values(columns_of(made) | {"hash": digest(text)}))
        return made, text

    def verify(self, text: str) -> Key:
        """Return the key that a text is, and note that it was used.

        Raises Refused: `unknown`, `revoked`, `expired`, or `inactive` where its owner is.
        """
        now = self._now()
        hashed = digest(text)
        is_active = or_(keys.c.owner.is_(None), users.c.active).label("is_active")
        query = select(keys, is_active).outerjoin(users, keys.c.owner == users.c.id)
        rows = []
        if len(text) == _LENGTH and text.isascii() and text.startswith(START) and "\0" not in text:
            with reading(self._engine) as connection:
                rows = list(connection.execute(query.where(keys.c.prefix == text[_PREFIX])).mappings())
        row = next((row for row in rows if is_same(row["hash"], hashed)), None)
        if row is None:
            raise Refused("unknown", "This is no API key of this service; check that it was copied whole.")
        if row["revoked"] is not None:
            raise Refused("revoked", "This API key was revoked; ask for a new one.")
        if row["expires"] is not None and now >= row["expires"]:
            raise Refused("expired", f"This API key expired on {row['expires']:%Y-%m-%d}; ask for a new one.")
        if not row["is_active"]:
            raise Refused("inactive", "The owner of this API key is not active; ask an administrator.")
        key = record_of(Key, dict(row))
        if key.last_used is None or now - key.last_used >= USED_WITHIN:
            long_ago = or_(keys.c.last_used.is_(None), keys.c.last_used <= now - USED_WITHIN)
            write_if_free(self._engine, keys.update().where(keys.c.id == key.id, long_ago).values(last_used=now))
        return key

    def get(self, id: str) -> Key | None:
        """Return a key, None where there is none of this id."""
        with reading(self._engine) as connection:
            row = one_row(connection, keys, "id", id)
        return None if row is None else record_of(Key, row)

    def page(self, owner: str | None = None, after: int | None = None, limit: int = 50) -> Page[Key]:
        """Return keys, of one user or of all, the newest first."""
        conditions: list[ColumnElement[bool]] = [] if owner is None else [keys.c.owner == storable(owner)]
        with reading(self._engine) as connection:
            found = newest_first(connection, keys, conditions, after, limit)
        return Page([record_of(Key, row) for row in found.items], found.next)

    def revoke(self, id: str) -> Key | None:
        """Let a key, and whatever was made with it, open nothing from now on; None where there is none of this id."""
        with writing(self._engine) as connection:
            if one_row(connection, keys, "id", id) is None:
                return None
            doomed = [storable(id)]
            while doomed:
                never = keys.c.id.in_(doomed) & keys.c.revoked.is_(None)  # the first time is kept
                connection.execute(keys.update().where(never).values(revoked=self._now()))
                doomed = list(connection.execute(select(keys.c.id).where(keys.c.made_by.in_(doomed))).scalars())
            row = one_row(connection, keys, "id", id)
        return None if row is None else record_of(Key, row)

    def remove(self, id: str) -> bool:
        """Remove a key, and return whether there was one."""
        if self.get(id) is None:
            return False
        with writing(self._engine) as connection:
            return connection.execute(keys.delete().where(keys.c.id == id)).rowcount > 0


def _check(key: NewKey, now: datetime) -> None:
    check_choice("role", key.role, ROLES)
    check_texts(key, _LONGEST)
    if not key.name.strip():
        raise InputError("The key has no name; say what it is for.")
    if not key.scopes or len(set(key.scopes)) != len(key.scopes):
        raise InputError(f"The key has no scopes, or one twice; give some of {', '.join(SCOPES)}.")
    for scope in key.scopes:
        check_choice("scope", scope, SCOPES)
    if key.expires is not None and key.expires <= now:
        raise InputError("The key would expire in the past; give a later time.")
