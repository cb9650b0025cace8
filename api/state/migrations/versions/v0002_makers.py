"""Keys tell the key that made them, so that revoking one revokes what was made with it.

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
    """Add the column; of keys that are there already the audit alone knows who made them."""
    op.add_column("service_keys", sa.Column("made_by", KEY, nullable=True))
    op.create_index("ix_service_keys_made_by", "service_keys", ["made_by"])


def downgrade() -> None:
    """Remove the column."""
    op.drop_index("ix_service_keys_made_by", "service_keys")
    op.drop_column("service_keys", "made_by")
