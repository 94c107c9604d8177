"""What is told of an order that was taken."""

from datetime import datetime

from chengtuan.modules.trade.admission.rows.records import NewOrder
from chengtuan.modules.trade.facade import OrderedLine, OrderPlaced


def placed_event(order: NewOrder, now: datetime) -> OrderPlaced:
    taken, wish, priced = order.taken, order.taken.wish, order.taken.priced
    return OrderPlaced(
        order_id=wish.order_id,
        user_id=wish.user_id,
        merchant_id=taken.merchant_id,
        kind=taken.kind,
        campaign_id=taken.activity_id,
        group_id=taken.group_id,
        lines=[
            OrderedLine(
                line=line.line,
                product_id=line.product_id,
                sku_id=line.sku_id,
                quantity=line.quantity,
                unit_fen=line.unit_fen,
                payable_fen=line.payable_fen,
            )
            for line in order.lines
        ],
        goods_fen=priced.goods_fen,
        off_fen=priced.off_fen,
        freight_fen=priced.freight_fen,
        payable_fen=priced.payable_fen,
        placed_at=now,
    )
