"""Data sets, their examples, and what reviewers say of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of data sets."""
    op.create_table(
        "data_set",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("uploaded_by", sa.String, nullable=False),
        sa.Column("uploaded_at", TIME, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("reviewers", sa.Integer, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("span_types", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "version", name="uq_data_set_name"),
    )
    op.create_table(
        "example",
        sa.Column("data_set_id", sa.String, sa.ForeignKey("data_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("decision", sa.Text),
        sa.PrimaryKeyConstraint("data_set_id", "position"),
    )
    op.create_table(
        "label",
        sa.Column("data_set_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("data_set_id", "position", "reviewer"),
        sa.ForeignKeyConstraint(
            ["data_set_id", "position"], ["example.data_set_id", "example.position"], ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("label", "example", "data_set"):
        op.drop_table(name)
