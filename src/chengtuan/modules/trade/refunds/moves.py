"""Money that must go back is planned in the transaction that causes it, and sent by a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.money import Fen
from chengtuan.modules.payments.facade import RefundAbnormal
from chengtuan.modules.trade.facade import RefundPlanned
from chengtuan.modules.trade.job_kinds import SUBMIT_REFUND
from chengtuan.modules.trade.refunds.rows import Refund, insert_refunds, mark_abnormal
from chengtuan.modules.trade.refunds.rules import PaidOrder, refund_number
from chengtuan.modules.trade.states import RefundReason, RefundStatus
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """An amount to go back to an order's buyer, from one payment. `cause` says why a payment bought nothing."""

    order: PaidOrder
    payment_id: UUID
    amount_fen: Fen
    reason: RefundReason
    sequence: int = 1
    cause: str | None = None


async def plan_refunds(tx: WriteSession, plans: Sequence[RefundPlan]) -> None:
    """Inside the causing transaction. The number is derived: planning the same twice is refused."""
    now = tx.clock.now()
    refunds = [
        Refund(
            id=new_id(),
            order_id=item.order.id,
            merchant_id=item.order.merchant_id,
            payment_id=item.payment_id,
            number=refund_number(item.order.number, item.reason, item.sequence),
            amount_fen=item.amount_fen,
            reason=item.reason,
            cause=item.cause,
            status=RefundStatus.PLANNED,
            planned_at=now,
            submitted_at=None,
            succeeded_at=None,
        )
        for item in plans
    ]
    await insert_refunds(tx, refunds)
    for item, refund in zip(plans, refunds, strict=True):
        tx.schedule(JobCall(SUBMIT_REFUND, str(refund.id), now))
        tx.emit(
            RefundPlanned(
                refund_id=refund.id,
                order_id=item.order.id,
                user_id=item.order.user_id,
                product_name=item.order.product_name,
                amount_fen=item.amount_fen,
                reason=item.reason,
                cause=item.cause,
                planned_at=now,
            )
        )


async def record_refund_trouble(tx: WriteSession, event: RefundAbnormal) -> None:
    """A person has to look; the console's queue shows it."""
    await mark_abnormal(tx, event.refund_id, event.trouble, event.reason)
