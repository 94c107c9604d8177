"""Remarks are encrypted: new ones at once, old ones by a job, which needs keys that a migration has not."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0008"
down_revision = "trade_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shop_order", sa.Column("remark_sealed", sa.LargeBinary(), nullable=True), schema="trade")
    op.create_index(
        "ix_shop_order_open_remark",
        "shop_order",
        ["id"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("remark <> ''"),
    )
