"""Messages: texts passed on from one organisation to another, neither learning the other's address."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, or_

from api.state.records import Message, MessageState, NewMessage, Page
from api.state.rows import (
    MAX_KEY_CHARS,
    check_texts,
    columns_of,
    newest_first,
    one_row,
    record_of,
    storable,
    writing_or,
)
from api.state.tables import messages
from api.state.tokens import Clock, NewId, random_id, utc_now
from matcher.errors import InputError, NotFoundError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

_KEYS = ("organisation", "contact", "from_user", "from_organisation")
_LONGEST = dict.fromkeys(_KEYS, MAX_KEY_CHARS) | {"subject": 200, "text": 10_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages to tell; what is None does not matter."""

    organisation: str | None = None
    """To or from it."""
    from_user: str | None = None
    state: MessageState | None = None


class Messages:
    """Keeps messages, and whether they were sent."""

    def __init__(self, engine: Engine, now: Clock = utc_now, new_id: NewId = random_id) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id

    def create(self, message: NewMessage) -> Message:
        """Keep a message that waits to be sent; InputError where a value cannot be, or there is no such contact."""
        check_texts(message, _LONGEST)
        if not message.organisation or not message.from_user or not message.text.strip():
            raise InputError("The message has no recipient, sender or text; give all three.")
        made = Message(**columns_of(message), id=self._new_id(), created=self._now(), state="waiting")
        nobody = InputError(f"There is no contact {message.contact!r}; give the id of one, or none.")
        with writing_or(self._engine, nobody) as connection:
            if row := one_row(connection, messages, "id", made.id):  # this very request was begun before
                return record_of(Message, row)
            connection.execute(messages.insert().values(columns_of(made)))
        return made

    def get(self, id: str) -> Message | None:
        """Return a message, None where there is none of this id."""
        with reading(self._engine) as connection:
            row = one_row(connection, messages, "id", id)
        return None if row is None else record_of(Message, row)

    def page(self, chosen: MessageFilter | None = None, after: int | None = None, limit: int = 50) -> Page[Message]:
        """Return the messages of a filter, the newest first."""
        conditions = _conditions(chosen or MessageFilter())
        with reading(self._engine) as connection:
            found = newest_first(connection, messages, conditions, after, limit)
        return Page([record_of(Message, row) for row in found.items], found.next)

    def mark(self, id: str, state: MessageState) -> Message:
        """Note what became of a message; NotFoundError where there is none of this id."""
        with writing(self._engine) as connection:
            if one_row(connection, messages, "id", id) is None:
                raise NotFoundError(f"There is no message {id!r}.")
            connection.execute(messages.update().where(messages.c.id == id).values(state=state))
            row = one_row(connection, messages, "id", id)
            assert row is not None  # noqa: S101  # read a moment ago in this transaction
        return record_of(Message, row)

    def forget(self, id: str) -> int:
        """Remove the messages to or from an organisation, or from a user, and return how many there were."""
        if not id or not is_storable(id):
            return 0
        own = or_(messages.c.organisation == id, messages.c.from_organisation == id, messages.c.from_user == id)
        with writing(self._engine) as connection:
            return connection.execute(messages.delete().where(own)).rowcount


def _conditions(chosen: MessageFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    one = messages.c
    if chosen.organisation is not None:
        side = storable(chosen.organisation)
        found.append(or_(one.organisation == side, one.from_organisation == side))
    if chosen.from_user is not None:
        found.append(one.from_user == storable(chosen.from_user))
    if chosen.state is not None:
        found.append(one.state == chosen.state)
    return found
