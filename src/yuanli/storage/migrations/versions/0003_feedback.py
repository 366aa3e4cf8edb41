"""What people said of understandings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of feedback."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("username", sa.String, nullable=False),
        sa.Column("conversation", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("context", sa.Text),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("understood", sa.Text, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("corrected", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reviews", sa.Text, nullable=False),
        sa.Column("reviewer", sa.String),
        sa.Column("reviewed_at", TIME),
    )
    op.create_index("ix_feedback_state", "feedback", ["state", "at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("feedback")
