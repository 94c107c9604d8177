"""Payments and the row per order that orders opening against closing."""

from typing import LiteralString
from uuid import UUID

from chengtuan.modules.payments.domain.payment import PAYMENT_STATES, Payment, PaymentAction
from chengtuan.platform.database import ReadSession, WriteSession

POLL = "poll_payment"
"""The kind of job that watches a pending payment; its ref is the payment's id."""


SELECT_PAYMENT: LiteralString = (
    "select id, order_id, order_number, merchant_id, user_id, request_id, channel, out_trade_no, amount_fen,"
    " description, status, payer_openid, payer_openid_sealed, ticket, ticket_at, transaction_id, paid_at,"
    " expires_at, created_at, refund_reserved_fen from payment"
)


async def list_order_payments(db: ReadSession | WriteSession, order_id: UUID) -> list[Payment]:
    return await db.fetch_all(
        Payment,
        SELECT_PAYMENT + " where order_id = %s order by created_at, id",
        (order_id,),
    )


async def find_payment(db: ReadSession, payment_id: UUID) -> Payment | None:
    return await db.fetch_one(
        Payment,
        SELECT_PAYMENT + " where id = %s",
        (payment_id,),
    )


async def find_payment_by_number(db: ReadSession, out_trade_no: str) -> Payment | None:
    return await db.fetch_one(
        Payment,
        SELECT_PAYMENT + " where out_trade_no = %s",
        (out_trade_no,),
    )


async def lock_payment(tx: WriteSession, out_trade_no: str) -> Payment | None:
    """The payment, which nobody else changes until this transaction ends."""
    return await tx.fetch_one(
        Payment,
        SELECT_PAYMENT + " where out_trade_no = %s for no key update",
        (out_trade_no,),
    )


async def close_payment(tx: WriteSession, payment_id: UUID) -> bool:
    """Mark a pending payment as one that can no longer be paid; False if it is not pending any more."""
    closed = await tx.execute(
        "update payment set status = %s, closed_at = %s where id = %s and status = any(%s)",
        (
            PAYMENT_STATES.target(PaymentAction.CLOSE).value,
            tx.clock.now(),
            payment_id,
            PAYMENT_STATES.sources(PaymentAction.CLOSE),
        ),
    )
    return closed == 1


async def lock_order(tx: WriteSession, order_id: UUID) -> None:
    """From here on nobody opens a payment of this order until the transaction ends."""
    await tx.execute(
        "insert into payable (order_id, opened_at) values (%s, %s)"
        " on conflict (order_id) do update set opened_at = payable.opened_at",
        (order_id, tx.clock.now()),
    )


async def close_order(tx: WriteSession, order_id: UUID) -> None:
    """No payment of this order may be opened any more. The order must be locked."""
    await tx.execute(
        "update payable set closed_at = %s where order_id = %s and closed_at is null",
        (tx.clock.now(), order_id),
    )


async def is_order_closed(db: ReadSession | WriteSession, order_id: UUID) -> bool:
    return bool(
        await db.fetch_value(
            "select closed_at is not null from payable where order_id = %s",
            (order_id,),
        )
    )


async def reserve_refund(tx: WriteSession, payment_id: UUID, amount_fen: int) -> bool:
    """Set part of a paid payment aside for a refund; False if not so much is left."""
    reserved = await tx.execute(
        "update payment set refund_reserved_fen = refund_reserved_fen + %(amount)s"
        " where id = %(id)s and status = 'paid' and refund_reserved_fen + %(amount)s <= amount_fen",
        {"id": payment_id, "amount": amount_fen},
    )
    return reserved == 1
