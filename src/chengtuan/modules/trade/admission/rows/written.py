"""An order that was just placed, as if it had been read."""

from chengtuan.modules.trade.admission.rows.records import NewOrder
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.orders.rows.glimpses import Glimpse
from chengtuan.modules.trade.orders.rows.views import OrderView
from chengtuan.modules.trade.states import OrderStatus


def as_written(order: NewOrder, snapshot: Snapshot) -> Glimpse:
    """`snapshot` as all wishes of the batch have left it; the group, if there is one, was joined."""
    taken, wish, priced = order.taken, order.taken.wish, order.taken.priced
    group = snapshot.groups[taken.group_id] if taken.group_id else None
    view = OrderView(
        id=wish.order_id,
        number=order.number,
        user_id=wish.user_id,
        merchant_id=taken.merchant_id,
        merchant_name=order.merchant_name,
        kind=taken.kind,
        status=OrderStatus.PENDING_PAYMENT,
        activity_id=taken.activity_id,
        group_id=taken.group_id,
        goods_fen=priced.goods_fen,
        off_fen=priced.off_fen,
        freight_fen=priced.freight_fen,
        payable_fen=priced.payable_fen,
        paid_fen=0,
        refunded_fen=0,
        address_sealed=order.address_sealed,
        remark="",
        remark_sealed=order.remark_sealed,
        created_at=snapshot.now,
        pay_before=taken.pay_before,
        paid_at=None,
        ready_at=None,
        shipped_at=None,
        completed_at=None,
        cancelled_at=None,
        cancel_reason=None,
        group_status=group.status if group else None,
        group_goal=group.goal if group else None,
        group_missing=group.missing if group else None,
        group_seats=group.seats if group else None,
        group_paid=group.paid if group else None,
        group_locked=group.locked if group else None,
        group_size=group.size if group else None,
        group_deadline=group.deadline if group else None,
        is_initiator=group.initiator_id == wish.user_id if group else None,
    )
    return Glimpse(view, order.lines, order.adjustments, [])
