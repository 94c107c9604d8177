"""What an order would cost, before anybody commits to anything."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.facade import AddressNotFound
from chengtuan.modules.trade.admission.rows.snapshots import SkuText, take_snapshot
from chengtuan.modules.trade.admission.rules.decide import quote
from chengtuan.modules.trade.admission.rules.wish import Taken
from chengtuan.modules.trade.admission.usecases.submit_order import OrderRequest, wish_of
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.problems import DeliveryAddressNotFound


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What is bought, and amounts in fen; `hold_s` is how long the order will wait for its payment.

    `initiator_back_fen` comes back to an initiator at this price when the group forms.
    """

    product_id: UUID
    product_name: dict[str, str]
    image_url: str
    sku_name: dict[str, str]
    unit_price_fen: int
    quantity: int
    goods_fen: int
    freight_fen: int
    payable_fen: int
    tier_prices_fen: list[int]
    deliverable: bool
    hold_s: int
    initiator_back_fen: int


async def quote_order(ctx: Trade, request: OrderRequest, address_id: UUID | None) -> Quote:
    """Raises the problems of `domain.admission` that concern the goods, BadQuantity, DeliveryAddressNotFound."""
    address = None
    if address_id is not None:
        try:
            address = await ctx.accounts.get_address(user_id=request.user_id, address_id=address_id)
        except AddressNotFound as error:
            raise DeliveryAddressNotFound from error
    wish = wish_of(request, address)
    async with ctx.database.read() as db:
        snapshot, texts = await take_snapshot(db, [wish], ctx.clock.now())
    priced = quote(snapshot, wish)
    regions = snapshot.campaigns[priced.campaign_id].regions if priced.campaign_id else None
    deliverable = address is None or regions is None or address.province_code in regions
    return _as_quote(priced, texts[wish.sku_id], snapshot.now, deliverable=deliverable)


def _as_quote(priced: Taken, text: SkuText, now: datetime, *, deliverable: bool) -> Quote:
    return Quote(
        product_id=text.product_id,
        product_name=text.product_name,
        image_url=text.image_url,
        sku_name=text.sku_name,
        unit_price_fen=priced.unit_price_fen,
        quantity=priced.wish.quantity,
        goods_fen=priced.goods_fen,
        freight_fen=priced.freight_fen,
        payable_fen=priced.payable_fen,
        tier_prices_fen=list(priced.tier_prices_fen),
        deliverable=deliverable,
        hold_s=int((priced.pay_before - now).total_seconds()),
        initiator_back_fen=priced.initiator_back_fen,
    )
