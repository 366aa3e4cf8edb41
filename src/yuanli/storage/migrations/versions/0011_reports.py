"""Reports, and what was made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of reports."""
    op.create_table(
        "report",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_report_campus_id", "report", ["campus_id"])
    op.create_table(
        "report_run",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("report_id", sa.String, nullable=False),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_report_run_report_id", "report_run", ["report_id"])
