"""What a second person says of a word on readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("overrule", sa.Column("reviewed_by", sa.String))
    op.add_column("overrule", sa.Column("reviewed_at", sa.DateTime(timezone=True)))
    op.add_column("overrule", sa.Column("agreed", sa.Boolean))
