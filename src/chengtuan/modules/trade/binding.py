"""The facade's implementation: each operation is the use case of its name."""

from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound, OrderSnapshot, SnapshotLine, TradeFacade
from chengtuan.modules.trade.orders.rows.orders import find_order
from chengtuan.modules.trade.orders.rows.sealing import open_address
from chengtuan.modules.trade.orders.usecases.send_parcel import correct_parcel, send_parcel
from chengtuan.modules.trade.shelf.usecases.show_link import show_flash_sale_link, show_group_link, show_product_link
from chengtuan.platform.facades import implement


async def get_order(ctx: TradeContext, order_id: UUID) -> OrderSnapshot:
    async with ctx.database.read() as db:
        order = await find_order(db, order_id)
    if order is None:
        raise OrderNotFound
    return OrderSnapshot(
        order_id=order.id,
        number=order.number,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        status=order.status,
        product_name=order.product_name,
        quantity=order.quantity,
        lines=[
            SnapshotLine(line=each.line, product_name=each.product_name, quantity=each.quantity, sent=each.sent)
            for each in order.lines
        ],
        address=open_address(ctx.keys, order.address_sealed),
        paid_at=order.paid_at,
    )


def facade_of(ctx: TradeContext) -> TradeFacade:
    links = (show_product_link, show_group_link, show_flash_sale_link)
    return implement(TradeFacade, ctx, get_order, send_parcel, correct_parcel, *links)
