"""Reservations of rooms, and the five minutes that each holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables; the key of the second keeps a room from being held twice."""
    op.create_table(
        "reservation",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("space_id", sa.Text, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("attendees", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("came_at", TIME),
    )
    op.create_index("ix_reservation_end", "reservation", ["campus_id", "end"])
    op.create_table(
        "reserved_step",
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("space_id", sa.Text, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("reservation_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("campus_id", "space_id", "step"),
    )
    op.create_index("ix_reserved_step_reservation_id", "reserved_step", ["reservation_id"])
