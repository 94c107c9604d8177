"""What an order would cost, before anybody commits to anything."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.facade import AddressNotFound
from chengtuan.modules.trade.admission.rows.snapshots import read_snapshot
from chengtuan.modules.trade.admission.rules.decide import quote
from chengtuan.modules.trade.admission.rules.request import OrderRequest, wish_of
from chengtuan.modules.trade.admission.rules.snapshot import SkuText
from chengtuan.modules.trade.admission.rules.wish import Mode, Taken, Wish
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.snapshots import terms_of_sales, units_had
from chengtuan.modules.trade.pricing.rules.price import Adjustment, PricedLine
from chengtuan.modules.trade.problems import DeliveryAddressNotFound
from chengtuan.platform.database import ReadSession


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """What is bought, in the words of the shelf, what it costs, and whether it is sent to that address."""

    text: SkuText
    priced: PricedLine
    deliverable: bool


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What would be bought, and amounts in fen; `hold_s` is how long the order will wait for its payment.

    `freight_known` is false where the freight is only what it is at most. `initiator_back_fen` comes back to an
    initiator at this price when the group forms.
    """

    lines: list[QuoteLine]
    adjustments: list[Adjustment]
    goods_fen: int
    off_fen: int
    freight_fen: int
    freight_known: bool
    payable_fen: int
    deliverable: bool
    hold_s: int
    initiator_back_fen: int


async def quote_order(ctx: TradeContext, request: OrderRequest, address_id: UUID | None) -> Quote:
    """Raises the problems of `rules.decide` that concern the goods, BadQuantity, DeliveryAddressNotFound,
    ProvinceMismatch; of a flash sale, whose orders are made when it is too late to say so, also those that concern the
    buyer, and FlashLimit.
    """
    address = None
    if address_id is not None:
        try:
            address = await ctx.accounts.get_address(user_id=request.user_id, address_id=address_id)
        except AddressNotFound as error:
            raise DeliveryAddressNotFound from error
    wish = wish_of(request, address.province_code if address else "")
    async with ctx.database.read() as db:
        snapshot = await read_snapshot(db, [wish], ctx.clock.now())
        if wish.mode is Mode.FLASH:
            await _check_hold(db, wish)
    taken = quote(snapshot, wish)
    in_range = address is None or snapshot.eligibility(wish).delivers_to(address.province_code)
    return _as_quote(taken, snapshot.texts, snapshot.now, in_range=in_range)


async def _check_hold(db: ReadSession, wish: Wish) -> None:
    """Whether this person could hold so much of the sale; what is left, and when it starts, is told by the sale itself.

    Raises FlashLimit. A sale that is not there is the quote's to find.
    """
    assert wish.activity_id is not None
    sale = (await terms_of_sales(db, [wish.activity_id])).get(wish.activity_id)
    if sale is not None:
        had = await units_had(db, sale.id, wish.buyer_ids)
        sale.check_limit(had, sum(line.quantity for line in wish.lines))


def _as_quote(taken: Taken, texts: dict[UUID, SkuText], now: datetime, *, in_range: bool) -> Quote:
    priced = taken.priced
    lines = [
        QuoteLine(texts[line.sku_id], line, deliverable=in_range and line.sku_id not in priced.undelivered)
        for line in priced.lines
    ]
    return Quote(
        lines=lines,
        adjustments=priced.adjustments,
        goods_fen=priced.goods_fen,
        off_fen=priced.off_fen,
        freight_fen=priced.freight_fen,
        freight_known=priced.freight_known,
        payable_fen=priced.payable_fen,
        deliverable=all(line.deliverable for line in lines),
        hold_s=int((taken.pay_before - now).total_seconds()),
        initiator_back_fen=taken.initiator_back_fen,
    )
