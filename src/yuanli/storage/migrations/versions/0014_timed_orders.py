"""Commands that wait for their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when an order is due, by whose clock, and how often."""
    op.add_column("standing_order", sa.Column("next_at", sa.DateTime(timezone=True)))
    op.add_column("standing_order", sa.Column("zone", sa.String))
    op.add_column("standing_order", sa.Column("rule", sa.String))
