"""what troubles a refund."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0004"
down_revision = "trade_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refund", sa.Column("trouble", sa.Text(), nullable=True), schema="trade")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
