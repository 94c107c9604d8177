"""what people did to the stock."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0005"
down_revision = "trade_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason in ('received', 'returned', 'damaged', 'lost', 'counted', 'other')",
            name=op.f("ck_stock_change_reason"),
        ),
        sa.CheckConstraint("before >= 0 and after >= 0", name=op.f("ck_stock_change_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_change")),
        sa.UniqueConstraint("request_id", name=op.f("uq_stock_change_request_id")),
        schema="trade",
    )
    op.create_index("ix_stock_change_sku_id", "stock_change", ["sku_id", "id"], unique=False, schema="trade")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
