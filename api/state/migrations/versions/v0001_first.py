"""First version of the service's tables.

Revision: 0001, after nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(32)


def upgrade() -> None:
    """Make the tables."""
    _create_people()
    _create_credentials()
    _create_audit()
    _create_contacts()
    _create_idempotency()
    _create_jobs()


def downgrade() -> None:
    """Remove the tables."""
    for name in ("jobs", "idempotency", "messages", "contacts", "audit", "sessions", "keys", "failures", "users"):
        op.drop_table(f"service_{name}")


def _create(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(f"service_{name}", *columns, sqlite_autoincrement=True)


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_service_{table}_{'_'.join(columns)}", f"service_{table}", list(columns), unique=unique)


def _number(name: str = "number") -> sa.Column[Any]:
    return sa.Column(name, NUMBER, primary_key=True)


def _key(name: str, *more: Any, known: bool = True) -> sa.Column[Any]:
    return sa.Column(name, KEY, *more, nullable=not known)


def _text(name: str, *, known: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=not known)


def _moment(name: str, *, known: bool = True) -> sa.Column[Any]:
    return sa.Column(name, MOMENT, nullable=not known)


def _whole(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Integer(), nullable=False)


def _create_people() -> None:
    _create(
        "users",
        _number(),
        _key("id"),
        _key("email"),
        _text("name"),
        _text("role"),
        _key("organisation", known=False),
        _text("language"),
        _text("password_hash", known=False),
        _key("subject", known=False),
        _whole("active", sa.Boolean()),
        _moment("created"),
        _whole("version"),
    )
    for column in ("id", "email", "subject"):
        _index("users", column, unique=True)
    op.create_table(
        "service_failures",
        sa.Column("address", KEY, primary_key=True),
        _whole("failures"),
        _moment("locked_until", known=False),
        _moment("at"),
    )


def _create_credentials() -> None:
    _create(
        "keys",
        _number(),
        _key("id"),
        _key("prefix"),
        _key("hash"),
        _text("name"),
        _text("scopes"),
        _text("role"),
        _key("organisation", known=False),
        _key("owner", sa.ForeignKey("service_users.id", ondelete="CASCADE"), known=False),
        _moment("created"),
        _moment("expires", known=False),
        _moment("revoked", known=False),
        _moment("last_used", known=False),
    )
    _index("keys", "id", unique=True)
    _index("keys", "prefix")
    _index("keys", "owner")
    _create(
        "sessions",
        _number(),
        _key("id"),
        _key("hash"),
        _key("user", sa.ForeignKey("service_users.id", ondelete="CASCADE")),
        _moment("created"),
        _moment("last_seen"),
        _moment("expires"),
    )
    _index("sessions", "id", unique=True)
    _index("sessions", "hash", unique=True)
    _index("sessions", "user")


def _create_audit() -> None:
    _create(
        "audit",
        _number("id"),
        _moment("at"),
        _key("actor"),
        _text("actor_kind"),
        _key("action"),
        _text("target_kind"),
        _key("target"),
        _text("request"),
        _text("detail"),
    )
    _index("audit", "actor")
    _index("audit", "target")


def _create_contacts() -> None:
    _create(
        "contacts",
        _number(),
        _key("id"),
        _key("organisation"),
        _text("name"),
        _key("email"),
        _text("phone"),
        _text("role"),
        _text("source"),
        _moment("created"),
        _whole("version"),
    )
    _index("contacts", "id", unique=True)
    _index("contacts", "organisation")
    _index("contacts", "email")
    _create(
        "messages",
        _number(),
        _key("id"),
        _key("organisation"),
        _key("contact", sa.ForeignKey("service_contacts.id", ondelete="SET NULL"), known=False),
        _key("from_user"),
        _key("from_organisation"),
        _text("subject"),
        _text("text"),
        _moment("created"),
        _text("state"),
    )
    _index("messages", "id", unique=True)
    for column in ("organisation", "contact", "from_user", "from_organisation"):
        _index("messages", column)


def _create_idempotency() -> None:
    op.create_table(
        "service_idempotency",
        sa.Column("actor", KEY, primary_key=True),
        sa.Column("key", KEY, primary_key=True),
        _text("route"),
        _text("fingerprint"),
        _text("state"),
        sa.Column("status", sa.Integer()),
        _text("headers", known=False),
        sa.Column("body", sa.LargeBinary()),
        _moment("created"),
    )


def _create_jobs() -> None:
    _create(
        "jobs",
        _number(),
        _key("id"),
        _key("kind"),
        _key("state"),
        _text("arguments"),
        _text("what"),
        _whole("done", NUMBER),
        _whole("total", NUMBER),
        _text("result", known=False),
        _text("problem"),
        _key("created_by"),
        _moment("created"),
        _moment("started", known=False),
        _moment("finished", known=False),
        _moment("heartbeat", known=False),
        _text("worker"),
        _whole("attempts"),
        _whole("cancel_requested", sa.Boolean()),
    )
    _index("jobs", "id", unique=True)
    _index("jobs", "state", "number")
