"""Buy alone, open a group, or join one: stock, seat and order in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.problems import Overloaded, Problem
from chengtuan.modules.accounts.facade import AddressNotFound, Buyer
from chengtuan.modules.trade.admission.events import placed_event
from chengtuan.modules.trade.admission.rows.new_orders import write_orders
from chengtuan.modules.trade.admission.rows.records import NewOrder, adjustments_of, lines_of
from chengtuan.modules.trade.admission.rows.snapshots import lock_free_snapshot, lock_snapshot
from chengtuan.modules.trade.admission.rows.written import as_written
from chengtuan.modules.trade.admission.rules.decide import Verdict, decide
from chengtuan.modules.trade.admission.rules.request import OrderRequest, wish_of
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Outdated, Repeated, Taken, Wish, WishLine
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.holds import WaitingHold
from chengtuan.modules.trade.orders.rows.glimpses import Glimpse
from chengtuan.modules.trade.orders.rows.sealing import seal_address, seal_remark
from chengtuan.modules.trade.orders.rows.search_keys import RecipientKeys, keys_of_recipient
from chengtuan.modules.trade.orders.rules.numbers import order_number
from chengtuan.modules.trade.orders.usecases.read_order import Glance, OrderDetail, read_order
from chengtuan.modules.trade.problems import DeliveryAddressNotFound
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.combiner import LOCK_S, Combiner, HeldUp
from chengtuan.platform.database import WriteSession

_PREPARED_AT_MOST = 3
"""Nobody's accounts are united more often while one order is taken."""

Answer: TypeAlias = Glimpse | UUID | Outdated | Problem
"""The order as it was written, or only its id where it was placed before or opens a group."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A wish with what was fetched for it before the transaction."""

    wish: Wish
    address_sealed: bytes
    remark_sealed: bytes | None
    recipient: RecipientKeys
    buyer: Buyer


Submissions: TypeAlias = Combiner[Submission, Glimpse | UUID | Outdated]
"""Takes submissions in batches. A process has one lane: with more, batches are smaller and cost more."""


def lane_of_submissions(ctx: TradeContext) -> Submissions:
    async def run(batch: Sequence[Submission]) -> list[Answer]:
        return await place_orders(ctx, batch)

    async def run_free(batch: Sequence[Submission]) -> list[Answer | HeldUp]:
        return await place_free_orders(ctx, batch)

    return Combiner(run, run_free)


async def submit_order(
    ctx: TradeContext, submissions: Submissions, glance: Glance, request: OrderRequest
) -> OrderDetail:
    """The order. Repeating the request gives the same one.

    Raises the problems of `rules.decide`, BadQuantity, DeliveryAddressNotFound, ProvinceMismatch, Overloaded.
    """
    submission, answer = await _submit(ctx, submissions, request)
    if isinstance(answer, Glimpse):
        return OrderDetail(answer, submission.buyer.address, request.remark)
    return await read_order(ctx, glance, answer, None)


async def order_hold(ctx: TradeContext, submissions: Submissions, hold: WaitingHold) -> None:
    """An order of what somebody holds in a flash sale; one that is there already is all right.

    Raises as `submit_order`, and HoldNotFound if they do not hold it any more.
    """
    request = OrderRequest(
        user_id=hold.user_id,
        request_id=hold.id,
        mode=Mode.FLASH,
        lines=(WishLine(hold.sku_id, hold.quantity),),
        activity_id=hold.activity_id,
        group_id=None,
        address_id=hold.address_id,
        hold_id=hold.id,
    )
    await _submit(ctx, submissions, request)


async def _submit(
    ctx: TradeContext, submissions: Submissions, request: OrderRequest
) -> tuple[Submission, Glimpse | UUID]:
    for _ in range(_PREPARED_AT_MOST):
        submission = await _prepare(ctx, request)
        answer = await submissions.submit(submission, key=min(line.sku_id for line in request.lines))
        if not isinstance(answer, Outdated):
            return submission, answer
    raise Overloaded(retry_after_s=1)


async def _prepare(ctx: TradeContext, request: OrderRequest) -> Submission:
    """The buyer is the account as it is now: the session may be older than a union with another one."""
    buyer = await _buyer(ctx, request.user_id, request.address_id)
    if buyer.absorbed or buyer.profile.user_id != request.user_id:
        request = replace(request, user_id=buyer.profile.user_id, absorbed=frozenset(buyer.absorbed))
    wish = wish_of(request, buyer.address.province_code)
    address, remark = seal_address(ctx.keys, buyer.address), seal_remark(ctx.keys, request.remark)
    return Submission(wish, address, remark, keys_of_recipient(ctx.keys, buyer.address), buyer)


async def _buyer(ctx: TradeContext, user_id: UUID, address_id: UUID) -> Buyer:
    try:
        return await ctx.accounts.get_buyer(user_id=user_id, address_id=address_id)
    except AddressNotFound as error:
        raise DeliveryAddressNotFound from error


async def place_orders(ctx: TradeContext, submissions: Sequence[Submission]) -> list[Answer]:
    """Decide and store a batch in one transaction; one answer per submission.

    Raises psycopg.errors.LockNotAvailable if somebody else holds a row of one of them.
    """
    wishes = [submission.wish for submission in submissions]
    async with ctx.database.write(lock_s=LOCK_S, by_keys=True) as tx:
        snapshot = await lock_snapshot(tx, wishes, tx.clock.now())
        return await _take(tx, submissions, snapshot)


async def place_free_orders(ctx: TradeContext, submissions: Sequence[Submission]) -> list[Answer | HeldUp]:
    """The same without waiting: those whose buyer, group, activity or stock somebody else holds are left alone."""
    wishes = [submission.wish for submission in submissions]
    async with ctx.database.write(lock_s=LOCK_S, by_keys=True) as tx:
        snapshot, held = await lock_free_snapshot(tx, wishes, tx.clock.now())
        free = [submission for submission in submissions if submission.wish.order_id not in held]
        answers = iter(await _take(tx, free, snapshot))
    return [HeldUp() if wish.order_id in held else next(answers) for wish in wishes]


async def _take(tx: WriteSession, submissions: Sequence[Submission], snapshot: Snapshot) -> list[Answer]:
    verdicts = decide(snapshot, [submission.wish for submission in submissions])
    orders = [
        _new_order(verdict, submission, snapshot)
        for verdict, submission in zip(verdicts, submissions, strict=True)
        if isinstance(verdict, Taken)
    ]
    if orders:
        await write_orders(tx, orders, snapshot.now)
    for order in orders:
        tx.emit(placed_event(order, snapshot.now))
    announce_groups(tx, {o.taken.group_id for o in orders if o.taken.group_id})
    written = {order.taken.wish.order_id: order for order in orders}
    return [_answer(verdict, written, snapshot) for verdict in verdicts]


def _new_order(taken: Taken, submission: Submission, snapshot: Snapshot) -> NewOrder:
    return NewOrder(
        taken=taken,
        number=order_number(taken.wish.order_id, snapshot.now),
        address_sealed=submission.address_sealed,
        remark_sealed=submission.remark_sealed,
        recipient=submission.recipient,
        nickname=submission.buyer.profile.nickname,
        avatar=submission.buyer.profile.avatar,
        merchant_name=snapshot.texts[taken.priced.lines[0].sku_id].merchant_name,
        lines=lines_of(taken, snapshot.texts),
        adjustments=adjustments_of(taken),
    )


def _answer(verdict: Verdict, written: Mapping[UUID, NewOrder], snapshot: Snapshot) -> Answer:
    if isinstance(verdict, Repeated):
        return verdict.order_id
    if not isinstance(verdict, Taken):
        return verdict
    if verdict.wish.mode is Mode.OPEN:
        return verdict.wish.order_id
    return as_written(written[verdict.wish.order_id], snapshot)
