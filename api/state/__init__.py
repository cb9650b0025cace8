"""The service's own state: people, keys, sessions, contacts, messages, jobs and the audit, beside the store."""

from dataclasses import dataclass
from secrets import token_urlsafe

from sqlalchemy import Engine

from api.state.audit import Audit
from api.state.choices import Choices
from api.state.contacts import Contacts
from api.state.expressions import Expressions
from api.state.idempotency import Idempotency
from api.state.jobs import Jobs
from api.state.keys import Keys
from api.state.messages import Messages
from api.state.opening import bring_up_to_date
from api.state.passwords import Passwords
from api.state.people import People
from api.state.records import (
    AuditEntry,
    Choice,
    Contact,
    Expression,
    Job,
    Key,
    Message,
    NewAuditEntry,
    NewChoice,
    NewContact,
    NewExpression,
    NewKey,
    NewMessage,
    NewUser,
    Page,
    Refused,
    Session,
    User,
)
from api.state.sessions import Sessions
from api.state.tokens import Clock, NewId, NewToken, random_id, utc_now

__all__ = [
    "AuditEntry",
    "Choice",
    "Contact",
    "Expression",
    "Job",
    "Key",
    "Message",
    "NewAuditEntry",
    "NewChoice",
    "NewContact",
    "NewExpression",
    "NewKey",
    "NewMessage",
    "NewUser",
    "Page",
    "Refused",
    "Session",
    "State",
    "User",
    "open_state",
]


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the service itself keeps, by part; safe to share between threads."""

    people: People
    keys: Keys
    sessions: Sessions
    audit: Audit
    contacts: Contacts
    messages: Messages
    expressions: Expressions
    idempotency: Idempotency
    jobs: Jobs
    choices: Choices


def open_state(
    engine: Engine,
    *,
    now: Clock = utc_now,
    new_id: NewId = random_id,
    token: NewToken = token_urlsafe,
    passwords: Passwords | None = None,
) -> State:
    """Return the state in the database of an open store; its tables are made or brought up to date.

    Raises StoreError where the database cannot be written or is newer than this program.
    """
    bring_up_to_date(engine)
    return State(
        people=People(engine, now, new_id, passwords),
        keys=Keys(engine, now, new_id, token),
        sessions=Sessions(engine, now, new_id, token),
        audit=Audit(engine, now),
        contacts=Contacts(engine, now, new_id),
        messages=Messages(engine, now, new_id),
        expressions=Expressions(engine, now, new_id),
        idempotency=Idempotency(engine, now),
        jobs=Jobs(engine, now, new_id),
        choices=Choices(engine, now),
    )
