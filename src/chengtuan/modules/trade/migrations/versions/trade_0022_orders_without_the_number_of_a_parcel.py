"""What a parcel's number is, is told by parcels and no longer by orders."""

from alembic import op

revision = "trade_0022"
down_revision = "trade_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("shop_order", "carrier_code", schema="trade")
    op.drop_column("shop_order", "tracking_no", schema="trade")
