"""What an import changed, so that it can be undone.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_changes",
        sa.Column("import", sa.Integer(), sa.ForeignKey("imports.id"), primary_key=True, autoincrement=False),
        sa.Column("shelf", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.Text()),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("import_changes")
