"""Shares of payments: whose money it is, and how much of it goes back."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class PaidShare:
    """A share of a payment that was paid."""

    purpose: str
    merchant_id: UUID


async def find_paid_share(tx: WriteSession, payment_id: UUID, subject_id: UUID) -> PaidShare | None:
    return await tx.fetch_one(
        PaidShare,
        "select y.purpose, s.merchant_id from payment_share s join payment p on p.id = s.payment_id"
        " join payable y on y.id = p.payable_id"
        " where s.payment_id = %s and s.subject_id = %s and p.status = 'paid'",
        (payment_id, subject_id),
    )


async def reserve_refund(tx: WriteSession, payment_id: UUID, subject_id: UUID, amount_fen: int) -> bool:
    """Set part of a share aside for a refund; False if not so much is left."""
    reserved = await tx.execute(
        "update payment_share set refund_reserved_fen = refund_reserved_fen + %(amount)s"
        " where payment_id = %(payment)s and subject_id = %(subject)s"
        " and refund_reserved_fen + %(amount)s <= amount_fen",
        {"payment": payment_id, "subject": subject_id, "amount": amount_fen},
    )
    return reserved == 1
