"""The facade's implementation: each operation is one use case."""

from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import LinkCard, OrderNotFound, OrderSnapshot, TradeFacade
from chengtuan.modules.trade.orders.rows.orders import find_order
from chengtuan.modules.trade.orders.sealed_address import open_address
from chengtuan.modules.trade.orders.usecases.ship_order import correct_parcel, mark_shipped
from chengtuan.modules.trade.shelf.usecases.show_link import show_group_link, show_product_link


class TradeBinding(TradeFacade):
    def __init__(self, ctx: Trade) -> None:
        self._ctx = ctx

    async def get_order(self, *, order_id: UUID) -> OrderSnapshot:
        async with self._ctx.database.read() as db:
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
            address=open_address(self._ctx.keys, order.address_sealed),
            paid_at=order.paid_at,
        )

    async def mark_shipped(
        self, *, order_id: UUID, merchant_id: UUID, carrier_code: str, tracking_no: str, shipped_at: datetime
    ) -> None:
        await mark_shipped(
            self._ctx,
            order_id=order_id,
            merchant_id=merchant_id,
            carrier_code=carrier_code,
            tracking_no=tracking_no,
            shipped_at=shipped_at,
        )

    async def correct_parcel(self, *, order_id: UUID, merchant_id: UUID, carrier_code: str, tracking_no: str) -> None:
        await correct_parcel(
            self._ctx, order_id=order_id, merchant_id=merchant_id, carrier_code=carrier_code, tracking_no=tracking_no
        )

    async def show_product_link(self, *, product_id: UUID) -> LinkCard | None:
        return await show_product_link(self._ctx, product_id)

    async def show_group_link(self, *, group_id: UUID) -> LinkCard | None:
        return await show_group_link(self._ctx, group_id)
