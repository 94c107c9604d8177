"""Refunds: planned with what causes them, followed until the money is back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.states import ORDER, OrderAction, RefundReason, RefundStatus
from chengtuan.platform.by_state import page_of_states, params_of_page
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class Refund:
    """Amount in fen; `reason`, `cause` and `status` as in the public API."""

    id: UUID
    order_id: UUID
    merchant_id: UUID
    payment_id: UUID
    number: str
    amount_fen: int
    reason: str
    cause: str | None
    status: str
    planned_at: datetime
    submitted_at: datetime | None
    succeeded_at: datetime | None


_COLUMNS = (
    "id, order_id, merchant_id, payment_id, number, amount_fen, reason, cause, status, planned_at, submitted_at,"
    " succeeded_at"
)
_FIND = f"select {_COLUMNS} from refund where id = %s"
OF_ORDERS = f"select {_COLUMNS} from refund where order_id = any(%s) order by id"


async def find_refund(db: ReadSession | WriteSession, refund_id: UUID) -> Refund | None:
    return await db.fetch_one(Refund, _FIND, (refund_id,))


async def next_sequence(tx: WriteSession, order_id: UUID, reason: RefundReason) -> int:
    """The number of this order's next refund for the reason; the order's row is locked by the caller."""
    count: int = await tx.fetch_value(
        "select count(*) from refund where order_id = %s and reason = %s", (order_id, reason)
    )
    return count + 1


async def insert_refunds(tx: WriteSession, refunds: Sequence[Refund]) -> None:
    """The orders' constraint refuses to plan more than was paid."""
    await tx.execute_many(
        "update shop_order set refund_planned_fen = refund_planned_fen + %s where id = %s",
        [(refund.amount_fen, refund.order_id) for refund in refunds],
    )
    await insert(tx, "refund", refunds)


async def mark_submitted(tx: WriteSession, refund_id: UUID, now: datetime) -> None:
    await tx.execute(
        "update refund set status = %s, submitted_at = %s where id = %s and status = %s",
        (RefundStatus.SUBMITTED, now, refund_id, RefundStatus.PLANNED),
    )


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """A refund's money is back: for the first time (`done`), and with it all of its order's (`all_of_it`)."""

    done: bool
    all_of_it: bool


async def mark_succeeded(tx: WriteSession, refund_id: UUID, at: datetime) -> MoneyBack:
    """Once; then the order knows the money is back, and is refunded when nothing is left to wait for."""
    refunded = 0
    done = await tx.execute(
        "update refund set status = %s, succeeded_at = %s where id = %s and status <> %s",
        (RefundStatus.SUCCEEDED, at, refund_id, RefundStatus.SUCCEEDED),
    )
    if done:
        await tx.execute(
            "update shop_order o set refunded_fen = refunded_fen + r.amount_fen from refund r"
            " where r.id = %s and o.id = r.order_id",
            (refund_id,),
        )
        refunded = await tx.execute(
            "update shop_order o set status = %s from refund r where r.id = %s and o.id = r.order_id"
            " and o.status = any(%s) and o.refunded_fen = o.paid_fen",
            (ORDER.target(OrderAction.REFUND), refund_id, ORDER.sources(OrderAction.REFUND)),
        )
    return MoneyBack(done == 1, refunded == 1)


async def mark_abnormal(tx: WriteSession, refund_id: UUID, trouble: str, note: str) -> None:
    """`trouble` is the kind, `note` the provider's own words."""
    await tx.execute(
        "update refund set status = %s, trouble = %s, note = %s where id = %s and status <> %s",
        (RefundStatus.ABNORMAL, trouble, note, refund_id, RefundStatus.SUCCEEDED),
    )


async def resume(tx: WriteSession, refund_id: UUID) -> bool:
    """A person asked for it again: it is under way until the provider says otherwise. False if it was not abnormal."""
    resumed = await tx.execute(
        "update refund set status = %s where id = %s and status = %s",
        (RefundStatus.SUBMITTED, refund_id, RefundStatus.ABNORMAL),
    )
    return resumed == 1


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund in the console's queue. `trouble` is why it is abnormal, `trouble_words` what the provider says."""

    id: UUID
    order_id: UUID
    order_number: str
    merchant_id: UUID
    merchant_name: dict[str, str]
    number: str
    amount_fen: int
    reason: str
    cause: str | None
    status: str
    planned_at: datetime
    submitted_at: datetime | None
    succeeded_at: datetime | None
    trouble: str | None
    trouble_words: str | None


_VIEW: LiteralString = (
    "select r.id, r.order_id, o.number as order_number, r.merchant_id, o.merchant_name, r.number, r.amount_fen,"
    " r.reason, r.cause, r.status, r.planned_at, r.submitted_at, r.succeeded_at,"
    " case when r.status = 'abnormal' then r.trouble end as trouble,"
    " case when r.status = 'abnormal' then r.note end as trouble_words"
    " from refund r join shop_order o on o.id = r.order_id"
)


async def find_refund_view(db: ReadSession, refund_id: UUID) -> RefundView | None:
    return await db.fetch_one(RefundView, _VIEW + " where r.id = %s", (refund_id,))


async def list_refunds(
    db: ViewSession, scope: Scope, *, statuses: Sequence[str], beyond: UUID | None, limit: int
) -> list[RefundView]:
    """Newest first."""
    return await db.fetch_all(
        RefundView,
        _VIEW + " where r.id = any(array(" + page_of_states("refund", scope) + ")) order by r.id desc",
        params_of_page(scope, statuses, beyond=beyond, limit=limit),
    )


async def list_waiting_refunds(
    db: ViewSession, scope: Scope, *, statuses: Sequence[str], beyond: UUID | None, limit: int
) -> list[RefundView]:
    """Oldest first: who waits longest is looked at first."""
    page = page_of_states("refund", scope, oldest_first=True)
    return await db.fetch_all(
        RefundView,
        _VIEW + " where r.id = any(array(" + page + ")) order by r.id",
        params_of_page(scope, statuses, beyond=beyond, limit=limit, oldest_first=True),
    )


@dataclass(frozen=True, slots=True)
class RefundQueue:
    """Refunds that are not back yet, and those among them that a person has to look at. Amounts in fen."""

    waiting: int
    waiting_fen: int
    oldest_waiting_at: datetime | None
    abnormal: int
    abnormal_fen: int
    oldest_abnormal_at: datetime | None


async def read_queue(db: ViewSession, scope: Scope) -> RefundQueue:
    queue = await db.fetch_one(
        RefundQueue,
        "select count(*)::int as waiting, coalesce(sum(amount_fen), 0)::bigint as waiting_fen,"
        " min(planned_at) as oldest_waiting_at, count(*) filter (where status = %(abnormal)s)::int as abnormal,"
        " coalesce(sum(amount_fen) filter (where status = %(abnormal)s), 0)::bigint as abnormal_fen,"
        " min(planned_at) filter (where status = %(abnormal)s) as oldest_abnormal_at"
        " from refund where status <> %(done)s and (%(all_merchants)s or merchant_id = %(merchant)s)",
        {**scope.params(), "abnormal": RefundStatus.ABNORMAL, "done": RefundStatus.SUCCEEDED},
    )
    assert queue is not None
    return queue
