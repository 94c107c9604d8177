"""Carts, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime

from chengtuan.modules.trade.cart import rows
from chengtuan.modules.trade.cart.http import schemas
from chengtuan.modules.trade.cart.rules import state_of
from chengtuan.modules.trade.limits import MAX_CART_LINES


def cart(lines: Sequence[rows.CartLine], now: datetime) -> schemas.Cart:
    shops: dict[object, schemas.CartShop] = {}
    for line in lines:
        shop = schemas.CartShop(merchant_id=line.merchant_id, merchant_name=line.merchant_name, lines=[])
        shops.setdefault(line.merchant_id, shop).lines.append(_line(line))
    return schemas.Cart(shops=list(shops.values()), lines=len(lines), most_lines=MAX_CART_LINES, now=now)


def _line(line: rows.CartLine) -> schemas.CartLine:
    state = state_of(
        published=line.published,
        active=line.active,
        available=line.available,
        weighed=line.weighed,
        quantity=line.quantity,
    )
    return schemas.CartLine(
        sku_id=line.sku_id,
        product_id=line.product_id,
        product_name=line.product_name,
        sku_name=line.sku_name,
        image_url=line.image_url,
        unit_price_fen=line.unit_fen,
        list_price_fen=line.list_fen,
        added_price_fen=line.added_unit_fen,
        quantity=line.quantity,
        version=line.version,
        available=line.available,
        state=state.value,
        added_at=line.added_at,
    )
