"""Which spans of time have readings that may not be judged yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "unjudged",
        sa.Column("writer", sa.String, nullable=False),
        sa.Column("block", sa.Integer, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("writer", "block"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("unjudged")
