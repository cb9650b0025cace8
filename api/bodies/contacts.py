"""Bodies of contacts and of messages: what is given of them, and what is shown."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from api.bodies.fields import KnownId
from api.bodies.paging import Paged
from api.state.records import Contact, Message

MOST_CONTACTS = 50
"""So many people of one organisation are kept at most."""
EXAMPLE: dict[str, JsonValue] = {
    "name": "Ada Exemple",
    "email": "ada@alertepoignet.example",
    "role": "partnerships",
    "source": "fair 2026",
}
_NO_NUL = r"^[^\x00]*$"
_EMAIL = r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+)?$"


class ContactGiven(BaseModel):
    """A person to reach at an organisation; a name, an e-mail address or a phone number is needed."""

    model_config = ConfigDict(
        strict=True, extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    name: Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)] = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL)] = ""
    """Kept in lower case."""
    phone: Annotated[str, StringConstraints(max_length=60, pattern=_NO_NUL)] = ""
    role: Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)] = ""
    """What they are there, in their own words."""
    source: Annotated[str, StringConstraints(max_length=400, pattern=_NO_NUL)] = ""
    """Where these data were had from."""

    def values(self) -> dict[str, Any]:
        """Return the fields that can be given."""
        return {name: getattr(self, name) for name in ContactGiven.model_fields}


class ContactShown(ContactGiven):
    """A person to reach at an organisation."""

    model_config = ConfigDict(strict=False, json_schema_extra={})

    id: KnownId
    organisation: KnownId
    created: datetime


class ContactList(BaseModel):
    """The people to reach at an organisation, all of them."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ContactShown]
    next: None = None
    """There is no further page."""


class MessageGiven(BaseModel):
    """A message to an organisation; it is passed on without telling the address of either side."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"subject": "Day centres", "text": "We would like to try your memory games. Shall we talk?"}]
        },
    )

    subject: Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=_NO_NUL)]


class MessageShown(MessageGiven):
    """A message between two organisations."""

    model_config = ConfigDict(strict=False, json_schema_extra={})

    id: KnownId
    organisation: KnownId
    """Whom it is for."""
    from_organisation: KnownId | None
    """Whose it is; null where those who run the service wrote it."""
    created: datetime
    state: Literal["waiting", "sent", "failed"]


class MessagePage(BaseModel):
    """Part of the messages to and from an organisation, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[MessageShown]
    next: str | None
    """Cursor of the page after this one; null on the last."""


class MessagesAsked(Paged):
    """Which part of the messages is asked for."""


def shown_contact(contact: Contact) -> dict[str, Any]:
    """Return a contact as JSON values."""
    return {
        "id": contact.id,
        "organisation": contact.organisation,
        **{name: getattr(contact, name) for name in ContactGiven.model_fields},
        "created": _moment(contact.created),
    }


def shown_message(message: Message) -> dict[str, Any]:
    """Return a message as JSON values, without which person wrote it or is meant."""
    return {
        "id": message.id,
        "organisation": message.organisation,
        "from_organisation": message.from_organisation or None,
        "subject": message.subject,
        "text": message.text,
        "created": _moment(message.created),
        "state": message.state,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
