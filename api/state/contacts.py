"""Contacts: the people to reach at organisations, kept apart from these."""

from typing import Any

from sqlalchemy import Engine, select

from api.state.records import Contact, NewContact
from api.state.rows import MAX_KEY_CHARS, check_email, check_texts, columns_of, folded_email, one_row, record_of
from api.state.tables import contacts
from api.state.tokens import Clock, NewId, random_id, utc_now
from matcher.errors import ConflictError, InputError, NotFoundError
from matcher.store.connecting import reading, writing
from matcher.store.fingerprints import is_storable

_LONGEST = {"organisation": MAX_KEY_CHARS, "name": 200, "email": 254, "phone": 60, "role": 200, "source": 400}


class Contacts:
    """Keeps contacts."""

    def __init__(self, engine: Engine, now: Clock = utc_now, new_id: NewId = random_id) -> None:
        self._engine = engine
        self._now = now
        self._new_id = new_id

    def create(self, contact: NewContact) -> Contact:
        """Keep a new contact; InputError where a value cannot be, or nobody can be reached by it."""
        made = Contact(**_values(contact), id=self._new_id(), created=self._now(), version=1)
        with writing(self._engine) as connection:
            if row := one_row(connection, contacts, "id", made.id):  # this very request was begun before
                return record_of(Contact, row)
            connection.execute(contacts.insert().values(columns_of(made)))
        return made

    def get(self, id: str) -> Contact | None:
        """Return a contact, None where there is none of this id."""
        with reading(self._engine) as connection:
            row = one_row(connection, contacts, "id", id)
        return None if row is None else record_of(Contact, row)

    def of(self, organisation: str) -> list[Contact]:
        """Return the contacts of an organisation, the oldest first."""
        return self._where("organisation", organisation)

    def by_email(self, email: str) -> list[Contact]:
        """Return the contacts that have an e-mail address, in whatever case it is written, the oldest first."""
        return self._where("email", folded_email(email))

    def change(self, contact: Contact) -> Contact:
        """Write a contact as given, where nobody has changed it since it was read (`contact.version`).

        Raises NotFoundError, ConflictError where it was changed since, and InputError as `create` does.
        """
        values = _values(contact) | {"version": contact.version + 1}
        with writing(self._engine) as connection:
            same = (contacts.c.id == contact.id) & (contacts.c.version == contact.version)
            changed = connection.execute(contacts.update().where(same).values(values)).rowcount
            row = one_row(connection, contacts, "id", contact.id)
            if row is None:
                raise NotFoundError(f"There is no contact {contact.id!r}.")
            if not changed:
                raise ConflictError("Somebody else has changed this contact; read it again, and change that.")
        return record_of(Contact, row)

    def remove(self, id: str) -> bool:
        """Remove a contact, and return whether there was one; messages for it name nobody from then on."""
        return self._remove("id", id) > 0

    def forget(self, organisation: str) -> int:
        """Remove the contacts of an organisation, and return how many there were."""
        return self._remove("organisation", organisation)

    def _where(self, column: str, value: str) -> list[Contact]:
        if not is_storable(value):
            return []
        query = select(contacts).where(contacts.c[column] == value).order_by(contacts.c.number)
        with reading(self._engine) as connection:
            return [record_of(Contact, dict(row)) for row in connection.execute(query).mappings()]

    def _remove(self, column: str, value: str) -> int:
        if not is_storable(value):
            return 0
        with writing(self._engine) as connection:
            return connection.execute(contacts.delete().where(contacts.c[column] == value)).rowcount


def _values(contact: NewContact) -> dict[str, Any]:
    """Return the columns that can be changed, checked."""
    check_texts(contact, _LONGEST)
    if not contact.organisation:
        raise InputError("The contact is of no organisation; give the id of one.")
    values = columns_of(contact, "id", "created", "version")
    values["email"] = folded_email(contact.email)
    if not any(values[name].strip() for name in ("name", "email", "phone")):
        raise InputError("The contact has neither name nor e-mail address nor phone number; give one.")
    if values["email"]:
        check_email(values["email"])
    return values
