"""What people say of readings, and intervals that they label on curves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of overrules and of labelled intervals."""
    op.create_table(
        "overrule",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("point", sa.String, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("flags", sa.Text),
        sa.Column("undone_by", sa.String),
        sa.Column("undone_at", TIME),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_overrule_campus_id", "overrule", ["campus_id", "point"])
    op.create_table(
        "interval_set",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("campus_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.UniqueConstraint("campus_id", "name", name="uq_interval_set_campus_id"),
    )
    op.create_table(
        "interval_task",
        sa.Column("set_id", sa.String, sa.ForeignKey("interval_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("set_id", "position"),
    )
    op.create_table(
        "interval_proposal",
        sa.Column("set_id", sa.String, sa.ForeignKey("interval_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("score", sa.Float),
        sa.PrimaryKeyConstraint("set_id", "number"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("interval_proposal", "interval_task", "interval_set", "overrule"):
        op.drop_table(name)
