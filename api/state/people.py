"""People with an account: kept, changed, and let in by password."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from api.state import lockout
from api.state.passwords import Passwords
from api.state.records import LANGUAGES, ROLES, NewUser, Page, Refused, User
from api.state.rows import (
    MAX_KEY_CHARS,
    check_choice,
    check_email,
    check_texts,
    columns_of,
    folded_email,
    newest_first,
    one_row,
    record_of,
    writing_or,
)
from api.state.tables import sessions, users
from api.state.tokens import Clock, NewId, random_id, utc_now
from matcher.errors import ConflictError, NotFoundError
from matcher.store.connecting import reading, writing

_LONGEST = {"email": 254, "name": 200, "organisation": MAX_KEY_CHARS, "subject": MAX_KEY_CHARS}
_NEVER_CHANGES = ("id", "created", "version", "has_password", "failures", "locked_until")


class People:
    """Keeps users; a password is kept as its hash only."""

    def __init__(
        self,
        engine: Engine,
        now: Clock = utc_now,
        new_id: NewId = random_id,
        passwords: Passwords | None = None,
    ) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id
        self._passwords = passwords or Passwords()

    def create(self, user: NewUser, password: str | None = None) -> User:
        """Keep a new user; without a password only OpenID Connect lets them in.

        Raises InputError where a value cannot be, Refused (taken) where somebody has the address or subject.
        """
        values = _values(user)
        hashed = None if password is None else self._passwords.hash(password, values["email"])
        id = self._new_id()
        new = {"id": id, "created": self._now(), "version": 1, "password_hash": hashed}
        with writing_or(self._engine, _taken()) as connection:
            connection.execute(users.insert().values(values | new))
            lockout.clear(connection, values["email"])
            return _one(connection, id)

    def get(self, id: str) -> User | None:
        """Return a user, None where there is none of this id."""
        return self._find("id", id)

    def by_email(self, email: str) -> User | None:
        """Return who has an e-mail address, in whatever case it is written; None where nobody has."""
        return self._find("email", folded_email(email))

    def by_subject(self, subject: str) -> User | None:
        """Return whom the OpenID Connect provider means by issuer, "|" and subject; None where nobody is."""
        return self._find("subject", subject)

    def page(self, after: int | None = None, limit: int = 50) -> Page[User]:
        """Return users, the newest first."""
        with reading(self._engine) as connection:
            found = newest_first(connection, users, [], after, limit)
            return Page(_with_failures(connection, found.items), found.next)

    def count(self, role: str | None = None) -> int:
        """Return how many users are active, of one role or of all."""
        conditions: list[ColumnElement[bool]] = [users.c.active]
        if role is not None:
            conditions.append(users.c.role == role)
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(users).where(*conditions)).scalar_one()

    def change(self, user: User, password: str | None = None) -> User:
        """Write a user as given, where nobody has changed it since it was read (`user.version`).

        A new password, or being inactive, ends every session of theirs; a new password also ends a lock. Raises
        NotFoundError, ConflictError where it was changed since, and what `create` raises.
        """
        values = _values(user)
        if password is not None:
            values["password_hash"] = self._passwords.hash(password, values["email"])
        known = users.c.id == user.id
        with writing_or(self._engine, _taken()) as connection:
            statement = users.update().where(known, users.c.version == user.version)
            if not connection.execute(statement.values(values | {"version": user.version + 1})).rowcount:
                if one_row(connection, users, "id", user.id) is None:
                    raise NotFoundError(f"There is no user {user.id!r}.")
                raise ConflictError("Somebody else has changed this user; read it again, and change that.")
            if password is not None or not user.active:
                connection.execute(sessions.delete().where(sessions.c.user == user.id))
            if password is not None:
                lockout.clear(connection, values["email"])
            return _one(connection, user.id)

    def unlock(self, id: str) -> None:
        """Forget a user's wrong passwords, and with them a lock."""
        with writing(self._engine) as connection:
            row = one_row(connection, users, "id", id)
            if row is not None:
                lockout.clear(connection, row["email"])

    def remove(self, id: str) -> bool:
        """Remove a user with their sessions and keys, and return whether there was one."""
        with writing(self._engine) as connection:
            row = one_row(connection, users, "id", id)
            if row is None:
                return False
            lockout.clear(connection, row["email"])
            connection.execute(users.delete().where(users.c.id == id))
        return True

    def check_password(self, email: str, password: str) -> User:
        """Return the user whose password this is.

        Raises Refused: `credentials` where the address or the password is wrong, after the same time; `locked` after
        too many of these; `inactive`, told only to who knows the password.
        """
        address = folded_email(email)
        with writing(self._engine) as connection:
            lockout.count_try(connection, address, self._now())
            row = one_row(connection, users, "email", address)
        # Outside of any transaction: hashing takes long, and others must be able to write.
        right, newer = self._passwords.verify(password, row["password_hash"] if row else None)
        if row is None or not right:
            raise Refused("credentials", "The e-mail address or the password is wrong; correct them.")
        with writing(self._engine) as connection:
            lockout.clear(connection, address)
            if newer is not None:
                same = (users.c.id == row["id"]) & (users.c.password_hash == row["password_hash"])
                connection.execute(users.update().where(same).values(password_hash=newer))
        if not row["active"]:
            raise Refused("inactive", "This account is not active; ask an administrator.")
        return _user(row)

    def _find(self, column: str, value: str) -> User | None:
        with reading(self._engine) as connection:
            row = one_row(connection, users, column, value)
            return None if row is None else _with_failures(connection, [row])[0]


def _values(user: NewUser) -> dict[str, Any]:
    """Return the columns that can be changed, checked."""
    check_choice("role", user.role, ROLES)
    check_choice("language", user.language, LANGUAGES)
    check_texts(user, _LONGEST)
    values = columns_of(user, *_NEVER_CHANGES)
    values["email"] = folded_email(user.email)
    check_email(values["email"])
    return values


def _one(connection: Connection, id: str) -> User:
    row = one_row(connection, users, "id", id)
    assert row is not None  # noqa: S101  # written a moment ago in this transaction
    return _with_failures(connection, [row])[0]


def _with_failures(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[User]:
    failed = lockout.failures_of(connection, [row["email"] for row in rows])
    return [_user(row, **failed.get(row["email"], {})) for row in rows]


def _user(row: Mapping[str, Any], **failed: Any) -> User:
    return record_of(User, row, has_password=row["password_hash"] is not None, **failed)


def _taken() -> Refused:
    return Refused("taken", "Somebody has this e-mail address, or this subject, already; use that account.")
