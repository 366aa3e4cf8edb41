"""Commands to devices, their writes, and locks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of commands."""
    op.create_table(
        "command",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("writes", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("begun", sa.Boolean, nullable=False),
    )
    op.create_index("ix_command_at", "command", ["at"])
    op.create_table(
        "command_write",
        sa.Column("command_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("device_id", sa.String),
        sa.Column("point_id", sa.String, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("old", sa.Float),
        sa.Column("new", sa.Float, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("message", sa.Text),
        sa.PrimaryKeyConstraint("command_id", "position"),
    )
    op.create_index("ix_command_write_campus_id", "command_write", ["campus_id", "at"])
    op.create_index("ix_command_write_device_id", "command_write", ["campus_id", "device_id", "at"])
    op.create_table(
        "device_lock",
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("device_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("until", TIME),
        sa.PrimaryKeyConstraint("campus_id", "device_id"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("device_lock", "command_write", "command"):
        op.drop_table(name)
