"""What was forecast in the nights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of nights and of forecasts."""
    op.create_table(
        "forecast_night",
        sa.Column("campus_id", sa.String, primary_key=True),
        sa.Column("night", sa.Date, primary_key=True),
        sa.Column("origin", TIME, nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("planned", sa.Integer, nullable=False),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("too_little", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("failures", sa.Text, nullable=False),
    )
    op.create_table(
        "forecast",
        sa.Column("campus_id", sa.String, primary_key=True),
        sa.Column("quantity", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("night", sa.Date, primary_key=True),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("hourly", sa.LargeBinary, nullable=False),
        sa.Column("daily", sa.LargeBinary),
    )
    op.create_index("ix_forecast_night", "forecast", ["night"])
