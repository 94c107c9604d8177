"""What an order's lines and instalments have is gone from its own row."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0013"
down_revision = "trade_0012"
branch_labels = None
depends_on = None

_MOVED = (
    *("product_id", "sku_id", "product_name", "sku_name", "image_url", "quantity"),
    *("unit_price_fen", "tier_prices_fen", "payment_id"),
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_shop_order_amounts"), "shop_order", type_="check", schema="trade")
    op.drop_constraint(op.f("ck_shop_order_sum"), "shop_order", type_="check", schema="trade")
    for column in _MOVED:
        op.drop_column("shop_order", column, schema="trade")
    op.create_check_constraint(
        op.f("ck_shop_order_amounts"),
        "shop_order",
        sa.text("payable_fen > 0 and off_fen >= 0 and freight_fen >= 0"),
        schema="trade",
    )
    op.create_check_constraint(
        op.f("ck_shop_order_sum"),
        "shop_order",
        sa.text("payable_fen = goods_fen - off_fen + freight_fen"),
        schema="trade",
    )
    op.drop_index("ix_order_search_product", "order_search", schema="trade")
    op.drop_column("order_search", "product_id", schema="trade")
