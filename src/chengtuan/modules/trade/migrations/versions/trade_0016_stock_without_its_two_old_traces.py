"""What people and orders did to the stock is in the ledger; the two traces it was kept in are gone."""

from alembic import op

revision = "trade_0016"
down_revision = "trade_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("order_movement", schema="trade")
    op.drop_table("stock_change", schema="trade")
