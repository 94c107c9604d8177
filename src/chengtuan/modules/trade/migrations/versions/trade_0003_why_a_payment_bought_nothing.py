"""why a payment bought nothing."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0003"
down_revision = "trade_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refund", sa.Column("cause", sa.Text(), nullable=True), schema="trade")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
