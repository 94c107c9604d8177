"""A group's deadline: no new seats, seats under payment are resolved one by one, then it is decided."""

from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.groups.moves.end_groups import decide_group
from chengtuan.modules.trade.groups.moves.release import release_unpaid_orders
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.groups.usecases.cancel_unpaid_order import cancel_unpaid_order
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.states import CancelReason, FailReason, GroupStatus, OrderStatus
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, RetryLater

GRACE = timedelta(seconds=60)
"""How long after the deadline we wait for the provider's word on payments under way (rule 3)."""


async def close_group(ctx: TradeContext, job: Job) -> None:
    group_id = UUID(job.ref)
    deadline = datetime.fromisoformat(job.payload["deadline"])
    await _resolve_held_seats(ctx, group_id, give_up=ctx.clock.now() >= deadline + GRACE)
    async with ctx.database.write() as tx:
        group = await group_rows.lock_group(tx, group_id)
        if group is None or group.status != GroupStatus.OPEN:
            return
        if group.deadline is None or tx.clock.now() < group.deadline:
            raise RetryLater(timedelta(seconds=1))
        await _release_rest(tx, group)
        await decide_group(tx, group, FailReason.EXPIRED)


async def _resolve_held_seats(ctx: TradeContext, group_id: UUID, *, give_up: bool) -> None:
    """Ask the provider about every unpaid seat; money that arrived in time is waited for."""
    async with ctx.database.read() as db:
        held = await group_rows.held_orders(db, group_id)
    waiting: RetryLater | None = None
    for order_id in held:
        try:
            await cancel_unpaid_order(ctx, order_id, reason=CancelReason.TIMEOUT)
        except RetryLater as later:  # the others need not wait for this one
            waiting = later
    if waiting is not None and not give_up:
        raise waiting


async def _release_rest(tx: WriteSession, group: Group) -> None:
    """Seats whose payment stayed uncertain beyond the grace; money that still comes is returned."""
    # those that are paid, too: orders come before the stock that a release gives back
    orders = await order_rows.lock_orders(tx, await group_rows.orders_in(tx, group.id))
    unpaid = [order for order in orders.values() if order.status == OrderStatus.PENDING_PAYMENT]
    await release_unpaid_orders(tx, unpaid, reason=CancelReason.TIMEOUT)
