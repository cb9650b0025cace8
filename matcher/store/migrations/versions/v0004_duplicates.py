"""Duplicates: pairs that may be one, those that are two, merges and what they changed, ids of those that are gone.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False),
        _key("stays"),
        _key("gone"),
        sa.Column("beside", sa.Text(), nullable=False),
        sa.Column("undone", sa.Text()),
    )
    op.create_table(
        "merge_changes",
        sa.Column("merge", sa.Integer(), sa.ForeignKey("merges.id"), primary_key=True, autoincrement=False),
        sa.Column("shelf", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.Column("before", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "aliases",
        sa.Column("alias", KEY, primary_key=True),
        _key("organisation"),
        sa.Column("merge", sa.Integer(), sa.ForeignKey("merges.id"), nullable=False),
    )
    op.create_index("ix_aliases_organisation", "aliases", ["organisation"])
    op.create_table(
        "pairs",
        sa.Column("left", KEY, primary_key=True),
        sa.Column("right", KEY, primary_key=True),
        sa.Column("confidence", sa.Float(53), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
    )
    for name in ("right", "confidence"):
        op.create_index(f"ix_pairs_{name}", "pairs", [name])
    op.create_table(
        "apart",
        sa.Column("left", KEY, primary_key=True),
        sa.Column("right", KEY, primary_key=True),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('pairs_revision', '')")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE name = 'pairs_revision'")
    for name in ("apart", "pairs", "aliases", "merge_changes", "merges"):
        op.drop_table(name)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, KEY, nullable=False)
