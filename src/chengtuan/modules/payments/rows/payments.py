"""Payments and the row per payable that orders opening against closing."""

from typing import Any, LiteralString
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import Payable
from chengtuan.modules.payments.rules.payment import PAYMENT_STATES, Payment, PaymentAction
from chengtuan.platform.database import ReadSession, WriteSession

SELECT_PAYMENT: LiteralString = (
    "select p.id, p.payable_id, p.user_id, p.request_id, p.channel, p.out_trade_no, p.amount_fen, p.description,"
    " p.status, p.payer_openid, p.payer_openid_sealed, p.ticket, p.ticket_at, p.transaction_id, p.paid_at,"
    " p.expires_at, p.created_at from payment p"
)
_NAMED: LiteralString = "subject_id = %(subject)s and purpose = %(purpose)s and instalment = %(part)s"
_OF_PAYABLE: LiteralString = (
    f"{SELECT_PAYMENT} where p.payable_id = (select id from payable where {_NAMED}) order by p.created_at, p.id"
)


def named(payable: Payable) -> dict[str, Any]:
    """The parameters that name a payable in SQL."""
    return {"purpose": payable.purpose, "subject": payable.subject_id, "part": payable.instalment}


async def list_payments(db: ReadSession | WriteSession, payable: Payable) -> list[Payment]:
    return await db.fetch_all(Payment, _OF_PAYABLE, named(payable))


async def list_payments_of(db: ReadSession | WriteSession, payable_id: UUID) -> list[Payment]:
    """As above, by the payable's own id."""
    return await db.fetch_all(
        Payment, SELECT_PAYMENT + " where p.payable_id = %s order by p.created_at, p.id", (payable_id,)
    )


async def find_payment(db: ReadSession, payment_id: UUID) -> Payment | None:
    return await db.fetch_one(
        Payment,
        SELECT_PAYMENT + " where p.id = %s",
        (payment_id,),
    )


async def find_payment_by_number(db: ReadSession, out_trade_no: str) -> Payment | None:
    return await db.fetch_one(
        Payment,
        SELECT_PAYMENT + " where p.out_trade_no = %s",
        (out_trade_no,),
    )


async def lock_payment(tx: WriteSession, out_trade_no: str) -> Payment | None:
    """The payment, which nobody else changes until this transaction ends."""
    return await tx.fetch_one(
        Payment,
        SELECT_PAYMENT + " where p.out_trade_no = %s for no key update",
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


async def lock_payable(tx: WriteSession, payable: Payable) -> UUID:
    """From here on nobody opens a payment of it until the transaction ends; its own id."""
    locked: UUID = await tx.fetch_value(
        "insert into payable (id, purpose, subject_id, instalment, opened_at)"
        " values (%(id)s, %(purpose)s, %(subject)s, %(part)s, %(now)s)"
        " on conflict (subject_id, purpose, instalment) do update set opened_at = payable.opened_at returning id",
        named(payable) | {"id": new_id(), "now": tx.clock.now()},
    )
    return locked


async def close_payable(tx: WriteSession, payable_id: UUID) -> None:
    """No payment of it may be opened any more. It must be locked."""
    await tx.execute(
        "update payable set closed_at = %s where id = %s and closed_at is null",
        (tx.clock.now(), payable_id),
    )


_CLOSED: LiteralString = f"select closed_at is not null from payable where {_NAMED}"


async def is_closed(db: ReadSession | WriteSession, payable: Payable) -> bool:
    return bool(await db.fetch_value(_CLOSED, named(payable)))
