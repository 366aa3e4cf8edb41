"""Plans of devices that are carried out, standing policies, and writes that give a point back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; let a write have no value."""
    op.create_table(
        "plan_run",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_plan_run_campus_id", "plan_run", ["campus_id", "at"])
    op.create_table(
        "plan_policy",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    with op.batch_alter_table("command_write") as table:
        table.alter_column("new", existing_type=sa.Float, nullable=True)
