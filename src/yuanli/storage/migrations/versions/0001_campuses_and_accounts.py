"""Campuses with their revisions, and accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "campus",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("attribution", sa.Text, nullable=False),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("country", sa.String, nullable=False),
        sa.Column("imported_at", TIME, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
    )
    op.create_table(
        "feature",
        _campus_id(),
        sa.Column("feature_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campus_id", "feature_id"),
    )
    op.create_table(
        "revision",
        _campus_id(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campus_id", "number"),
    )
    op.create_table(
        "repair",
        _campus_id(),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campus_id", "position"),
    )
    op.create_table(
        "extra_file",
        _campus_id(),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campus_id", "position"),
    )
    _make_account_tables()


def _make_account_tables() -> None:
    op.create_table(
        "account",
        sa.Column("username", sa.String, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("secret_hash", sa.String, primary_key=True),
        _username(),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String, primary_key=True),
        _username(),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.String, nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
    )
    op.create_index("ix_session_username", "session", ["username"])
    op.create_index("ix_token_username", "token", ["username"])


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in ("token", "session", "account", "extra_file", "repair", "revision", "feature", "campus"):
        op.drop_table(table)


def _campus_id() -> sa.Column[str]:
    return sa.Column("campus_id", sa.String, sa.ForeignKey("campus.id", ondelete="CASCADE"), nullable=False)


def _username() -> sa.Column[str]:
    key = sa.ForeignKey("account.username", ondelete="CASCADE")
    return sa.Column("username", sa.String, key, nullable=False)
