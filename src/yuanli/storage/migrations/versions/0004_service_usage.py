"""What was spent on outside services, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of usage."""
    op.create_table(
        "service_usage",
        sa.Column("service", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("service", "day"),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("service_usage")
