"""What was found unusual."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of anomalies and of what was looked at."""
    op.create_table(
        "anomaly_span",
        sa.Column("campus_id", sa.String, primary_key=True),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked", sa.Text, nullable=False),
    )
    op.create_table(
        "anomaly",
        sa.Column("campus_id", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_anomaly_end", "anomaly", ["campus_id", "end"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("anomaly")
    op.drop_table("anomaly_span")
