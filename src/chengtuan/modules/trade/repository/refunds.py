"""Refunds: planned with what causes them, followed until the money is back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.domain.states import ORDER, OrderAction, RefundReason, RefundStatus
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class Refund:
    """Amount in fen; `reason` and `status` as in the public API."""

    id: UUID
    order_id: UUID
    merchant_id: UUID
    payment_id: UUID
    number: str
    amount_fen: int
    reason: str
    status: str
    planned_at: datetime
    succeeded_at: datetime | None


_COLUMNS = "id, order_id, merchant_id, payment_id, number, amount_fen, reason, status, planned_at, succeeded_at"
_FIND = f"select {_COLUMNS} from refund where id = %s"  # noqa: S608
OF_ORDERS = f"select {_COLUMNS} from refund where order_id = any(%s) order by id"  # noqa: S608


async def find_refund(db: ReadSession | WriteSession, refund_id: UUID) -> Refund | None:
    return await db.fetch_one(Refund, _FIND, (refund_id,))


async def refunds_of_orders(db: ReadSession, order_ids: Sequence[UUID]) -> list[Refund]:
    return await db.fetch_all(Refund, OF_ORDERS, (list(order_ids),))


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
    await tx.execute_many(
        "insert into refund (id, order_id, merchant_id, payment_id, number, amount_fen, reason, status, planned_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                r.id,
                r.order_id,
                r.merchant_id,
                r.payment_id,
                r.number,
                r.amount_fen,
                r.reason,
                r.status,
                r.planned_at,
            )
            for r in refunds
        ],
    )


async def mark_submitted(tx: WriteSession, refund_id: UUID, now: datetime) -> None:
    await tx.execute(
        "update refund set status = %s, submitted_at = %s where id = %s and status = %s",
        (RefundStatus.SUBMITTED, now, refund_id, RefundStatus.PLANNED),
    )


async def mark_succeeded(tx: WriteSession, refund_id: UUID, at: datetime) -> bool:
    """Once; then the order knows the money is back, and is refunded when nothing is left to wait for."""
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
        await tx.execute(
            "update shop_order o set status = %s from refund r where r.id = %s and o.id = r.order_id"
            " and o.status = any(%s) and o.refunded_fen = o.paid_fen",
            (ORDER.target(OrderAction.REFUND), refund_id, ORDER.sources(OrderAction.REFUND)),
        )
    return done == 1


async def mark_abnormal(tx: WriteSession, refund_id: UUID, note: str) -> None:
    await tx.execute(
        "update refund set status = %s, note = %s where id = %s and status <> %s",
        (RefundStatus.ABNORMAL, note, refund_id, RefundStatus.SUCCEEDED),
    )
