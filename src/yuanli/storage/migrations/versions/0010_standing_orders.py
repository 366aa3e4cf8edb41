"""Commands that wait until a place is empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of standing orders."""
    op.create_table(
        "standing_order",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("empty_since", TIME),
        sa.Column("message", sa.Text),
    )
    op.create_index("ix_standing_order_state", "standing_order", ["state"])
