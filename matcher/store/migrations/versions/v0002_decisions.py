"""Decisions, and the calls that collaborations answered.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("collaborations", _text("call", server_default=""))
    op.create_table(
        "decisions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("organisation", KEY, nullable=False),
        _text("step"),
        sa.Column("decided_on", sa.String(10), nullable=False),
        sa.Column("rank", sa.BigInteger()),
        _text("model"),
        _text("reason"),
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('decisions_revision', '" + "0" * 32 + "')")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE name = 'decisions_revision'")
    op.drop_table("decisions")
    op.drop_column("collaborations", "call")


def _text(name: str, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=server_default)
