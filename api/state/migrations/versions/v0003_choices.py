"""Choices in lists of suggestions, and expressions of interest in briefs.

Revision: 0003, after 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(32)


def upgrade() -> None:
    """Make both tables."""
    _create(
        "choices",
        _key("asked_by"),
        _key("organisation"),
        _key("kind"),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _key("made_by"),
        sa.Column("created", MOMENT, nullable=False),
    )
    columns = ["asked_by", "organisation", "kind"]
    op.create_index("ix_service_choices_one", "service_choices", columns, unique=True)
    op.create_index("ix_service_choices_organisation", "service_choices", ["organisation"])
    _create(
        "expressions",
        _key("id"),
        _key("brief"),
        _key("organisation"),
        _key("state"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _key("made_by"),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("answered", MOMENT, nullable=True),
        sa.Column("expires", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_service_expressions_id", "service_expressions", ["id"], unique=True)
    for name in ("brief", "organisation"):
        op.create_index(f"ix_service_expressions_{name}", "service_expressions", [name])


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("service_expressions")
    op.drop_table("service_choices")


def _create(name: str, *columns: sa.Column[Any]) -> None:
    number = sa.Column("number", NUMBER, primary_key=True)
    op.create_table(f"service_{name}", number, *columns, sqlite_autoincrement=True)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, KEY, nullable=False)
