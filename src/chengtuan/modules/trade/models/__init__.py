"""Tables of `trade`, a file for each package. Constraints here are the last line behind every conditional statement."""

from chengtuan.modules.trade.models.activities import activity, activity_price
from chengtuan.modules.trade.models.cart import cart_line, cart_request
from chengtuan.modules.trade.models.flash import flash_allotment, flash_hold, flash_stock
from chengtuan.modules.trade.models.flash_turns import flash_turn
from chengtuan.modules.trade.models.freight import (
    freight_default,
    freight_region,
    freight_template,
    freight_zone,
    product_freight,
    sku_weight,
)
from chengtuan.modules.trade.models.goods import goods_name, listing, listing_sku
from chengtuan.modules.trade.models.groups import buy_group, seat, united_buyer
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.modules.trade.models.orders import (
    instalment,
    order_adjustment,
    order_line,
    order_parcel,
    order_search,
    shop_order,
)
from chengtuan.modules.trade.models.refunds import refund
from chengtuan.modules.trade.models.shelf import shelf_card, shelf_check, shelf_mark
from chengtuan.modules.trade.models.stock import place, stock, stock_movement

__all__ = [
    "METADATA",
    "activity",
    "activity_price",
    "buy_group",
    "cart_line",
    "cart_request",
    "flash_allotment",
    "flash_hold",
    "flash_stock",
    "flash_turn",
    "freight_default",
    "freight_region",
    "freight_template",
    "freight_zone",
    "goods_name",
    "instalment",
    "listing",
    "listing_sku",
    "order_adjustment",
    "order_line",
    "order_parcel",
    "order_search",
    "place",
    "product_freight",
    "refund",
    "seat",
    "shelf_card",
    "shelf_check",
    "shelf_mark",
    "shop_order",
    "sku_weight",
    "stock",
    "stock_movement",
    "united_buyer",
]
