"""The service's own tables, beside those of the store; one definition for SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

from api.state.columns import Json, Lines, Moment, Number
from matcher.store.tables import Key

VERSION = "0003"
"""Newest migration this program knows; a test holds that Alembic says the same."""

PREFIX = "service_"
VERSION_TABLE = f"{PREFIX}version"

metadata = MetaData()


def _table(name: str, *parts: Column[Any] | Index) -> Table:
    # Numbers are never given twice, so that a page goes on behind an entry that was removed.
    return Table(PREFIX + name, metadata, *parts, sqlite_autoincrement=True)


def _number(name: str = "number") -> Column[int]:
    """Return the key by which a list is told, newest first."""
    return Column(name, Number, primary_key=True)


def _id() -> Column[str]:
    return Column("id", Key, nullable=False, unique=True, index=True)


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _moment(name: str, *, known: bool = True) -> Column[Any]:
    return Column(name, Moment, nullable=not known)


def _of_user(name: str, *, known: bool) -> Column[str]:
    return Column(name, Key, ForeignKey(f"{PREFIX}users.id", ondelete="CASCADE"), nullable=not known, index=True)


users = _table(
    "users",
    _number(),
    _id(),
    Column("email", Key, nullable=False, unique=True, index=True),
    _words("name"),
    _words("role"),
    Column("organisation", Key),
    _words("language"),
    Column("password_hash", Text),
    Column("subject", Key, unique=True, index=True),
    Column("active", Boolean, nullable=False),
    _moment("created"),
    Column("version", Integer, nullable=False),
)

# By the hash of an e-mail address, whether or not anybody has it: a lock must not tell who has an account.
failures = Table(
    f"{PREFIX}failures",
    metadata,
    Column("address", Key, primary_key=True),
    Column("failures", Integer, nullable=False),
    _moment("locked_until", known=False),
    _moment("at"),
)

keys = _table(
    "keys",
    _number(),
    _id(),
    Column("prefix", Key, nullable=False, index=True),
    Column("hash", Key, nullable=False),
    _words("name"),
    Column("scopes", Lines, nullable=False),
    _words("role"),
    Column("organisation", Key),
    _of_user("owner", known=False),
    _moment("created"),
    _moment("expires", known=False),
    _moment("revoked", known=False),
    _moment("last_used", known=False),
    Column("made_by", Key, index=True),
)

sessions = _table(
    "sessions",
    _number(),
    _id(),
    Column("hash", Key, nullable=False, unique=True, index=True),
    _of_user("user", known=True),
    _moment("created"),
    _moment("last_seen"),
    _moment("expires"),
)

audit = _table(
    "audit",
    _number("id"),
    _moment("at"),
    Column("actor", Key, nullable=False, index=True),
    _words("actor_kind"),
    Column("action", Key, nullable=False),
    _words("target_kind"),
    Column("target", Key, nullable=False, index=True),
    _words("request"),
    Column("detail", Json, nullable=False),
)

contacts = _table(
    "contacts",
    _number(),
    _id(),
    Column("organisation", Key, nullable=False, index=True),
    _words("name"),
    Column("email", Key, nullable=False, index=True),
    _words("phone"),
    _words("role"),
    _words("source"),
    _moment("created"),
    Column("version", Integer, nullable=False),
)

messages = _table(
    "messages",
    _number(),
    _id(),
    Column("organisation", Key, nullable=False, index=True),
    Column("contact", Key, ForeignKey(f"{PREFIX}contacts.id", ondelete="SET NULL"), index=True),
    Column("from_user", Key, nullable=False, index=True),
    Column("from_organisation", Key, nullable=False, index=True),
    _words("subject"),
    _words("text"),
    _moment("created"),
    _words("state"),
)

idempotency = Table(
    f"{PREFIX}idempotency",
    metadata,
    Column("actor", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    _words("route"),
    _words("fingerprint"),
    _words("state"),
    Column("status", Integer),
    Column("headers", Json),
    Column("body", LargeBinary),
    _moment("created"),
)

jobs = _table(
    "jobs",
    _number(),
    _id(),
    Column("kind", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("arguments", Json, nullable=False),
    _words("what"),
    Column("done", Number, nullable=False),
    Column("total", Number, nullable=False),
    Column("result", Json),
    _words("problem"),
    Column("created_by", Key, nullable=False),
    _moment("created"),
    _moment("started", known=False),
    _moment("finished", known=False),
    _moment("heartbeat", known=False),
    _words("worker"),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Index("ix_service_jobs_state_number", "state", "number"),
)

# What people decide about the places in a list of suggestions: kept over re-runs, of one asking side each.
choices = _table(
    "choices",
    _number(),
    Column("asked_by", Key, nullable=False),
    Column("organisation", Key, nullable=False, index=True),
    Column("kind", Key, nullable=False),
    Column("place", Integer),
    _words("reason"),
    Column("made_by", Key, nullable=False),
    _moment("created"),
    Index("ix_service_choices_one", "asked_by", "organisation", "kind", unique=True),
)

expressions = _table(
    "expressions",
    _number(),
    _id(),
    Column("brief", Key, nullable=False, index=True),
    Column("organisation", Key, nullable=False, index=True),
    Column("state", Key, nullable=False),
    _words("text"),
    _words("reason"),
    Column("made_by", Key, nullable=False),
    _moment("created"),
    _moment("answered", known=False),
    _moment("expires", known=False),
    Column("version", Integer, nullable=False),
)
