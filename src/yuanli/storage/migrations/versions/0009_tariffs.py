"""Each campus's own tariffs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of tariffs."""
    op.create_table(
        "tariff",
        sa.Column("campus_id", sa.String, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("tariff")
