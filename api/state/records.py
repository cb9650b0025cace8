"""What the service itself keeps: people, keys, sessions, contacts, messages, jobs and the audit, plain and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

ROLES = ("administrator", "manager", "member", "reader")
SCOPES = ("read", "write", "suggest", "admin")
LANGUAGES = ("en", "fr")

Reason = Literal["credentials", "locked", "inactive", "unknown", "expired", "revoked", "taken"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
MessageState = Literal["waiting", "sent", "failed"]
ExpressionState = Literal["sent", "accepted", "declined", "withdrawn", "expired"]

ChoiceKind = Literal["pin", "place", "veto", "shortlist"]

T = TypeVar("T")


class Refused(Exception):  # noqa: N818  # what happened; nothing is out of order
    """A credential that opens nothing, or an e-mail address that somebody else has; `reason` says which.

    `until` is when to try again, where that helps.
    """

    def __init__(self, reason: Reason, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.until = until


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list, newest first; `next` is what to ask for the part after it, None where there is none."""

    items: list[T]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Somebody to whom an account is given."""

    email: str
    """Folded to lower case where it is kept; at most one user has it."""
    name: str = ""
    role: str = "reader"
    organisation: str | None = None
    """Id of the organisation that a member acts for."""
    language: str = "en"
    subject: str | None = None
    """Who this is to the OpenID Connect provider: issuer, "|" and subject; at most one user is it."""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class User(NewUser):
    """Somebody with an account."""

    id: str
    created: datetime
    version: int
    """Grows with each change of the account; logging in is none."""
    has_password: bool
    """False for who logs in by OpenID Connect only."""
    failures: int = 0
    """Wrong passwords in a row."""
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """An API key to be made."""

    name: str
    scopes: tuple[str, ...]
    role: str
    organisation: str | None = None
    owner: str | None = None
    """Id of the user whose key it is: it opens nothing while they are inactive and goes when they are removed."""
    made_by: str | None = None
    """Id of the key that made it, with which it is revoked; None where a person or an operator did."""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(NewKey):
    """An API key; its secret is known only to whom it was given."""

    id: str
    prefix: str
    """Eight characters that the key shows of itself, to tell it from others."""
    created: datetime
    revoked: datetime | None = None
    last_used: datetime | None = None
    """To the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person who is logged in."""

    id: str
    user: str
    created: datetime
    last_seen: datetime
    """To the minute, or a quarter of the idle time where that is shorter."""
    expires: datetime
    csrf: str = field(repr=False)
    """What a request that changes anything says besides; derived from the token, and kept nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as it is listed: nothing by which anybody could go on with it."""

    id: str
    created: datetime
    last_seen: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAuditEntry:
    """Something that somebody did."""

    actor: str = ""
    """Id of a user or key; empty for nobody."""
    actor_kind: str = ""
    action: str
    """Dotted, from general to special: `contact.seen`."""
    target_kind: str = ""
    target: str = ""
    request: str = ""
    """Id of the request, as in the logs."""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry(NewAuditEntry):
    """Something that somebody did, as it was noted."""

    id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A person to reach at an organisation."""

    organisation: str
    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = ""
    """What they are there, in their own words."""
    source: str = ""
    """Where these data were had from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(NewContact):
    """A person to reach at an organisation, as kept."""

    id: str
    created: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A text to be passed on to an organisation, without telling the address."""

    organisation: str
    contact: str | None = None
    """Whom at the organisation it is for; None where nobody is named, or the contact was removed since."""
    from_user: str
    from_organisation: str = ""
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(NewMessage):
    """A text that is passed on to an organisation, as kept."""

    id: str
    created: datetime
    state: MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChoice:
    """What somebody decides about an organisation in the suggestions for one asking side; of each kind one at most.

    A veto comes before a pin, and a pin before a place: who is taken back stands as it stood before.
    """

    asked_by: str
    """Id of the organisation that asks, or `brief:ID`."""
    organisation: str
    """Id of the organisation that is suggested."""
    kind: ChoiceKind
    """pin: among the first; place: at a place; veto: not in the list; shortlist: chosen."""
    place: int | None = None
    """From 1: of a pin among those pinned, of a place in the whole list; None where it has none."""
    reason: str = ""
    made_by: str = ""
    """Id of the user or key; empty where that was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(NewChoice):
    """A choice as kept."""

    created: datetime
    """When it was made, or last made anew."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Who was chosen for one asking side, in numbers."""

    asked_by: str
    count: int
    newest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExpression:
    """An organisation's interest in a brief."""

    brief: str
    organisation: str
    text: str
    """What it would bring, in its own words."""
    made_by: str
    """Id of the user or key that wrote it; empty where they were erased since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(NewExpression):
    """An organisation's interest in a brief, as kept."""

    id: str
    state: ExpressionState
    reason: str = ""
    """Why it was declined."""
    created: datetime
    answered: datetime | None = None
    """When it came into its present state; None while it waits."""
    expires: datetime | None
    """Until when it waits for an answer."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work outside a request."""

    id: str
    kind: str
    state: JobState
    arguments: Mapping[str, Any]
    what: str
    """What is being done, for people."""
    done: int
    total: int
    """Of `done`; 0 where it is not known."""
    result: Mapping[str, Any] | None
    problem: str
    """Why it failed; empty otherwise."""
    created_by: str
    created: datetime
    started: datetime | None
    """When it was last claimed."""
    finished: datetime | None
    heartbeat: datetime | None
    worker: str
    """Who claimed it last."""
    attempts: int
    """How often it was claimed; tells a worker whether the job is still its own."""
    cancel_requested: bool
