"""Money arrived: seats are paid, groups open and form; money that came too late is returned (rule 3).

What each payment means is decided in `paying.rules`; here it is written.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from chengtuan.modules.payments.facade import PaymentSucceeded
from chengtuan.modules.trade.groups.moves.end_groups import count_sold, form_groups
from chengtuan.modules.trade.groups.moves.release import release_unpaid_orders
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.job_kinds import CLOSE_GROUP
from chengtuan.modules.trade.orders.events import paid_event, ready_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import CountedPayment, OrderRow
from chengtuan.modules.trade.paying.rules import Judged, PaymentVerdict, judge_payments
from chengtuan.modules.trade.refunds.moves import RefundPlan, plan_refunds
from chengtuan.modules.trade.refunds.rows import next_sequence
from chengtuan.modules.trade.states import CancelReason, GroupStatus, OrderAction, OrderStatus, RefundReason
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def confirm_payments(tx: WriteSession, payments: Sequence[PaymentSucceeded]) -> None:
    """Apply what was paid for orders, in one transaction with the rows of all groups concerned locked."""
    order_ids = [payment.subject_id for payment in payments]
    groups = await group_rows.lock_groups(tx, sorted(await order_rows.groups_of_orders(tx, order_ids)))
    orders = await order_rows.lock_orders(tx, order_ids)
    judged = list(zip(payments, judge_payments(payments, orders, groups), strict=True))
    paid = {payment.subject_id: payment for payment, each in judged if each.completes}
    alone = [order for order in orders.values() if order.id in paid and order.group_id is None]
    # the order of `locks.Lock`: forming locks more orders, money that buys nothing gives back stock
    await _take(tx, orders, judged)
    joined = await _fill_seats(tx, groups, [orders[order_id] for order_id in paid])
    now = tx.clock.now()
    tx.emit(*(paid_event(orders[id_], orders[id_].payable_fen, payment.paid_at) for id_, payment in paid.items()))
    tx.emit(*(ready_event(order, now) for order in alone))
    formed = await form_groups(tx, [group for group in joined if group.full])
    strays = [(orders[each.subject_id], each, j.verdict) for each, j in judged if j.verdict.returns_money]
    await _return_strays(tx, strays)
    await count_sold(tx, [*alone, *formed])
    announce_groups(tx, [group.id for group in joined])


async def _take(
    tx: WriteSession, orders: dict[UUID, OrderRow], judged: Iterable[tuple[PaymentSucceeded, Judged]]
) -> None:
    """Record what counts; the payment that completes an order moves it on."""
    await order_rows.record_payments(
        tx,
        [
            CountedPayment(
                order_id=payment.subject_id,
                seq=payment.instalment,
                action=_moved_by(orders[payment.subject_id]) if each.completes else None,
                payment_id=payment.payment_id,
                amount_fen=payment.amount_fen,
                paid_at=payment.paid_at,
            )
            for payment, each in judged
            if each.verdict is PaymentVerdict.COUNTS
        ],
    )


def _moved_by(order: OrderRow) -> OrderAction:
    return OrderAction.PAY_GROUP if order.group_id else OrderAction.PAY_SOLO


async def _fill_seats(tx: WriteSession, groups: dict[UUID, Group], paid: Sequence[OrderRow]) -> list[Group]:
    """The groups that these orders belong to; those of initiators open."""
    now = tx.clock.now()
    seats = [(groups[order.group_id], order.id, now) for order in paid if order.group_id]
    joined = list({group.id: group for group, _, _ in seats}.values())
    if joined:
        await group_rows.pay_seats(tx, seats)
    if opened := [group for group in joined if group.status == GroupStatus.DRAFT]:
        deadlines = await group_rows.open_groups(tx, opened, now)
        for group_id, deadline in deadlines.items():
            tx.schedule(JobCall(CLOSE_GROUP, str(group_id), deadline, {"deadline": deadline.isoformat()}))
    return joined


async def _return_strays(tx: WriteSession, strays: Sequence[tuple[OrderRow, PaymentSucceeded, PaymentVerdict]]) -> None:
    """Record money that buys nothing and plan its full return; the shopper is told (rule 3)."""
    for order, payment, verdict in strays:
        log.warning("payment_returned", order=order.number, verdict=verdict, amount_fen=payment.amount_fen)
        await order_rows.record_stray_money(tx, order.id, payment.amount_fen)
        reason = RefundReason.LATE_PAYMENT
        sequence = await next_sequence(tx, order.id, reason)
        await plan_refunds(tx, [RefundPlan(order, payment.payment_id, payment.amount_fen, reason, sequence, verdict)])
    unpaid = [
        order for order, _, verdict in strays if verdict.ends_order and order.status == OrderStatus.PENDING_PAYMENT
    ]
    await release_unpaid_orders(tx, unpaid, reason=CancelReason.TIMEOUT)
