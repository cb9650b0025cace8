"""First version of the tables.

Revision: 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DAY = sa.String(10)


def upgrade() -> None:
    _create_organisations()
    _create_collaborations()
    _create_briefs()
    _create_the_rest()
    op.execute("INSERT INTO meta (name, value) VALUES ('revision', '" + "0" * 32 + "')")


def downgrade() -> None:
    for name in _NEWEST_FIRST:
        op.drop_table(name)


_NEWEST_FIRST = (
    "meta",
    "imports",
    "vectors",
    "briefs",
    "memberships",
    "collaborations",
    "search",
    "identifiers",
    "organisations",
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _create_organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        _text("name"),
        sa.Column("kind", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("latitude", sa.Float(53)),
        sa.Column("longitude", sa.Float(53)),
        sa.Column("place_is_guess", sa.Boolean(), nullable=False),
        _text("sectors"),
        sa.Column("website", sa.Text()),
        sa.Column("employees", sa.BigInteger()),
        sa.Column("founded", sa.BigInteger()),
        _text("languages"),
        sa.Column("capacity", sa.BigInteger()),
        _text("conflicts"),
        sa.Column("described_on", DAY),
        sa.Column("verified_on", DAY),
        _text("visibility"),
        _text("description"),
        _text("offers"),
        _text("needs"),
    )
    op.create_table(
        "identifiers",
        sa.Column("organisation", KEY, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        _text("scheme"),
        _text("value"),
        sa.Column("folded_value", KEY, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_identifiers_folded_value", "identifiers", ["folded_value"])
    op.create_table(
        "search",
        sa.Column("organisation", KEY, sa.ForeignKey("organisations.id"), primary_key=True),
        _text("name"),
        _text("words"),
        _text("texts"),
    )


def _create_collaborations() -> None:
    op.create_table(
        "collaborations",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        _text("kind"),
        _text("title"),
        sa.Column("start", DAY),
        sa.Column("end", DAY),
        _text("sectors"),
        _text("source"),
        _text("text"),
    )
    op.create_table(
        "memberships",
        sa.Column("collaboration", KEY, sa.ForeignKey("collaborations.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation", KEY, sa.ForeignKey("organisations.id"), nullable=False),
        _text("role"),
        sqlite_with_rowid=False,
    )


def _create_briefs() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        _text("kind"),
        _text("title"),
        sa.Column("owner", KEY, sa.ForeignKey("organisations.id")),
        _text("kinds"),
        _text("countries"),
        _text("exclusions"),
        sa.Column("opens", DAY),
        sa.Column("closes", DAY),
        _text("text"),
        _text("requirements"),
    )


def _create_the_rest() -> None:
    op.create_table(
        "vectors",
        sa.Column("encoder", KEY, primary_key=True),
        sa.Column("hash", KEY, primary_key=True),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False),
        _text("source"),
        _text("fingerprint"),
        _text("counts"),
    )
    op.create_table("meta", sa.Column("name", KEY, primary_key=True), _text("value"))
