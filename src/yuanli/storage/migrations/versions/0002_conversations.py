"""Conversations with the assistant, and their turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversation",
        sa.Column("username", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("username", "id"),
    )
    op.create_table(
        "turn",
        sa.Column("username", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("intent", sa.String, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("slots", sa.Text, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("username", "conversation_id", "number"),
        sa.ForeignKeyConstraint(
            ["username", "conversation_id"],
            ["conversation.username", "conversation.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_conversation_updated_at", "conversation", ["updated_at"])


def downgrade() -> None:
    """Drop the tables, the turns first."""
    op.drop_table("turn")
    op.drop_table("conversation")
