"""Problems that are solved, and their plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of problems."""
    op.create_table(
        "solve",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("ended_at", TIME),
        sa.Column("error", sa.Text),
        sa.Column("order", sa.Text, nullable=False),
        sa.Column("problem", sa.LargeBinary, nullable=False),
        sa.Column("incumbent", sa.Text),
        sa.Column("plan", sa.Text),
    )
    op.create_index("ix_solve_campus_id", "solve", ["campus_id", "at"])
