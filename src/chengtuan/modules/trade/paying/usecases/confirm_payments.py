"""Money arrived: seats are paid, groups open and form; money that came too late is returned (rule 3)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from chengtuan.modules.payments.facade import PaymentSucceeded
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.groups.moves.end_groups import count_sold, form_groups
from chengtuan.modules.trade.groups.moves.release import release_unpaid_orders
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.job_kinds import CLOSE_GROUP
from chengtuan.modules.trade.orders.events import paid_event, ready_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow
from chengtuan.modules.trade.paying.rules import PaymentVerdict, judge_payment
from chengtuan.modules.trade.refunds.moves import Return, plan_refunds
from chengtuan.modules.trade.refunds.rows import next_sequence
from chengtuan.modules.trade.states import CancelReason, GroupStatus, OrderAction, OrderStatus, RefundReason
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def confirm_payments(ctx: Trade, tx: WriteSession, payments: Sequence[PaymentSucceeded]) -> None:
    """Apply what was paid for orders, in one transaction with the rows of all groups concerned locked."""
    order_ids = [payment.subject_id for payment in payments]
    groups = await group_rows.lock_groups(tx, sorted(await order_rows.groups_of_orders(tx, order_ids)))
    orders = await order_rows.lock_orders(tx, order_ids)
    batch = _Batch(tx.clock.now(), groups, orders)
    for payment in payments:
        batch.judge(payment)
    # the order of `locks.Lock`: forming locks more orders, money that buys nothing gives back stock
    await batch.write(tx)
    formed = await form_groups(
        ctx, tx, [group for group in groups.values() if group.id in batch.touched and group.full]
    )
    await _return_strays(ctx, tx, batch.strays)
    await count_sold(tx, [*batch.bought_alone, *formed])
    ctx.announce(tx, batch.touched)


class _Batch:
    """What a batch of payments changes, gathered before it is written."""

    def __init__(self, now: datetime, groups: dict[UUID, Group], orders: dict[UUID, OrderRow]) -> None:
        self.now = now
        self.groups = groups
        self.orders = orders
        self.taken: list[tuple[OrderRow, PaymentSucceeded]] = []
        self.opened: list[UUID] = []
        self.touched: set[UUID] = set()
        self.strays: list[tuple[OrderRow, PaymentSucceeded, PaymentVerdict]] = []

    def judge(self, payment: PaymentSucceeded) -> None:
        order = self.orders[payment.subject_id]
        group = self.groups[order.group_id] if order.group_id else None
        verdict = judge_payment(
            payment_id=payment.payment_id,
            amount_fen=payment.amount_fen,
            paid_at=payment.paid_at,
            order_status=order.status,
            order_payment_id=order.payment_id,
            payable_fen=order.payable_fen,
            group_status=group.status if group else None,
            deadline=group.deadline if group else None,
        )
        if verdict is PaymentVerdict.COUNTS:
            self._take(order, group, payment)
        elif verdict.returns_money:
            self.strays.append((order, payment, verdict))

    def _take(self, order: OrderRow, group: Group | None, payment: PaymentSucceeded) -> None:
        order.payment_id, order.paid_fen, order.paid_at = (
            payment.payment_id,
            payment.amount_fen,
            payment.paid_at,
        )
        order.status = OrderStatus.GROUPING if group else OrderStatus.TO_SHIP
        self.taken.append((order, payment))
        if group is None:
            return
        group.paid += 1
        self.touched.add(group.id)
        if group.status == GroupStatus.DRAFT:
            group.status = GroupStatus.OPEN
            self.opened.append(group.id)

    @property
    def bought_alone(self) -> list[OrderRow]:
        return [order for order, _ in self.taken if order.group_id is None]

    async def write(self, tx: WriteSession) -> None:
        await order_rows.take_payments(
            tx,
            [
                order_rows.TakenPayment(
                    order_id=order.id,
                    action=OrderAction.PAY_GROUP if order.group_id else OrderAction.PAY_SOLO,
                    payment_id=payment.payment_id,
                    amount_fen=payment.amount_fen,
                    paid_at=payment.paid_at,
                    ready_at=None if order.group_id else self.now,
                )
                for order, payment in self.taken
            ],
        )
        seats = [(order.id, order.group_id, self.now) for order, _ in self.taken if order.group_id]
        await group_rows.pay_seats(tx, seats)
        if self.opened:
            await group_rows.open_groups(tx, self.opened, self.now)
            for row in await group_rows.deadlines_of(tx, self.opened):
                tx.schedule(JobCall(CLOSE_GROUP, str(row.id), row.deadline, {"deadline": row.deadline.isoformat()}))
        tx.emit(*(paid_event(order, payment.amount_fen, payment.paid_at) for order, payment in self.taken))
        tx.emit(*(ready_event(order, self.now) for order in self.bought_alone))


async def _return_strays(
    ctx: Trade, tx: WriteSession, strays: Sequence[tuple[OrderRow, PaymentSucceeded, PaymentVerdict]]
) -> None:
    """Record money that buys nothing and plan its full return; the shopper is told (rule 3)."""
    for order, payment, verdict in strays:
        log.warning("payment_returned", order=order.number, verdict=verdict, amount_fen=payment.amount_fen)
        await order_rows.take_stray_money(tx, order.id, payment.amount_fen)
        reason = RefundReason.LATE_PAYMENT
        sequence = await next_sequence(tx, order.id, reason)
        await plan_refunds(tx, [Return(order, payment.payment_id, payment.amount_fen, reason, sequence, verdict)])
    unpaid = [order for order, _, _ in strays if order.status == OrderStatus.PENDING_PAYMENT]
    await release_unpaid_orders(ctx, tx, unpaid, reason=CancelReason.TIMEOUT)
