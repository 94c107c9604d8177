"""Payments and the row per order that orders opening against closing."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.modules.payments.domain.ledger import Kind, sides_of
from chengtuan.modules.payments.domain.notice import Notice
from chengtuan.modules.payments.domain.payment import PAYMENT_STATES, Payment, PaymentAction
from chengtuan.platform.database import ReadSession, WriteSession

POLL = "poll_payment"
"""The kind of job that watches a pending payment; its ref is the payment's id."""


_SELECT: LiteralString = (
    "select id, order_id, order_number, merchant_id, user_id, request_id, channel, out_trade_no, amount_fen,"
    " description, status, payer_openid, ticket, ticket_at, transaction_id, paid_at, expires_at, created_at,"
    " refund_reserved_fen from payment"
)


@dataclass(frozen=True, slots=True)
class Success:
    """What the provider proved about a payment."""

    transaction_id: str
    paid_at: datetime
    payer_openid: str | None


@dataclass(frozen=True, slots=True)
class _Settled:
    others_pending: bool


async def list_order_payments(db: ReadSession | WriteSession, order_id: UUID) -> list[Payment]:
    return await db.fetch_all(
        Payment,
        _SELECT + " where order_id = %s order by created_at, id",
        (order_id,),
    )


async def find_payment(db: ReadSession, payment_id: UUID) -> Payment | None:
    return await db.fetch_one(
        Payment,
        _SELECT + " where id = %s",
        (payment_id,),
    )


async def find_payment_by_number(db: ReadSession, out_trade_no: str) -> Payment | None:
    return await db.fetch_one(
        Payment,
        _SELECT + " where out_trade_no = %s",
        (out_trade_no,),
    )


async def lock_payment(tx: WriteSession, out_trade_no: str) -> Payment | None:
    """The payment, which nobody else changes until this transaction ends."""
    return await tx.fetch_one(
        Payment,
        _SELECT + " where out_trade_no = %s for no key update",
        (out_trade_no,),
    )


async def insert_payment(tx: WriteSession, payment: Payment) -> bool:
    """Whether it was opened: not if the order is closed for good, paid, or has an open one in this channel.

    The order's row in `payable` is locked on the way, so that a closing and an opening see each other.
    """
    inserted = await tx.execute(
        "with gate as ("
        " insert into payable (order_id, opened_at) values (%(order_id)s, %(now)s)"
        " on conflict (order_id) do update set opened_at = payable.opened_at"
        " where payable.closed_at is null returning order_id)"
        " insert into payment (id, order_id, order_number, merchant_id, user_id, request_id, channel,"
        "  out_trade_no, amount_fen, description, status, payer_openid, expires_at, created_at)"
        " select %(id)s, order_id, %(order_number)s, %(merchant_id)s, %(user_id)s, %(request_id)s, %(channel)s,"
        "  %(out_trade_no)s, %(amount_fen)s, %(description)s, %(status)s, %(payer_openid)s, %(expires_at)s, %(now)s"
        " from gate where not exists ("
        "  select 1 from payment p where p.order_id = gate.order_id and p.status = 'paid')"
        " on conflict (order_id, channel) where status = 'pending' do nothing",
        {
            "id": payment.id,
            "order_id": payment.order_id,
            "order_number": payment.order_number,
            "merchant_id": payment.merchant_id,
            "user_id": payment.user_id,
            "request_id": payment.request_id,
            "channel": payment.channel.value,
            "out_trade_no": payment.out_trade_no,
            "amount_fen": payment.amount_fen,
            "description": payment.description,
            "status": payment.status.value,
            "payer_openid": payment.payer_openid,
            "expires_at": payment.expires_at,
            "now": payment.created_at,
        },
    )
    return inserted == 1


async def keep_ticket(tx: WriteSession, payment_id: UUID, ticket: str) -> bool:
    """Store the hand-over; False if the payment was closed or paid meanwhile."""
    kept = await tx.execute(
        "update payment set ticket = %s, ticket_at = %s where id = %s and status = 'pending'",
        (ticket, tx.clock.now(), payment_id),
    )
    return kept == 1


async def settle(tx: WriteSession, payment: Payment, success: Success, notice: Notice | None) -> bool:
    """Payment paid, money booked, notice kept and watching ended, in one statement: this is the hot path.

    The payment must be locked. Returns whether the order has other payments that could still be paid.
    """
    sides = sides_of(Kind.PAYMENT, payment.amount_fen)
    row = await tx.fetch_one(
        _Settled,
        "with paid as ("
        " update payment set status = %(paid)s, transaction_id = %(transaction_id)s, paid_at = %(paid_at)s,"
        "  payer_openid = coalesce(%(payer_openid)s, payer_openid), settled_at = %(now)s"
        " where id = %(id)s and status = any(%(sources)s) returning id, order_id, merchant_id),"
        " booked as ("
        " insert into entry (kind, subject_id, line, account, amount_fen, order_id, merchant_id, booked_at)"
        " select %(kind)s, paid.id, side.line, side.account, side.amount_fen, paid.order_id, paid.merchant_id, %(now)s"
        " from paid, unnest(%(accounts)s::text[], %(amounts)s::bigint[]) with ordinality"
        "  as side(account, amount_fen, line)),"
        " noted as ("
        " insert into notice (notice_id, kind, subject, outcome, content, received_at)"
        " select %(notice_id)s, 'transaction', %(subject)s, 'applied', %(content)s, %(now)s"
        " where %(notice_id)s::text is not null"
        " on conflict (notice_id) do update set outcome = excluded.outcome,"
        "  deliveries = notice.deliveries + 1, repeated_at = excluded.received_at),"
        " unwatched as (delete from job where kind = %(poll)s and ref = %(ref)s)"
        " select exists (select 1 from payment other where other.order_id = paid.order_id"
        "  and other.id <> paid.id and other.status = 'pending') as others_pending from paid",
        {
            "id": payment.id,
            "paid": PAYMENT_STATES.target(PaymentAction.SUCCEED).value,
            "sources": PAYMENT_STATES.sources(PaymentAction.SUCCEED),
            "transaction_id": success.transaction_id,
            "paid_at": success.paid_at,
            "payer_openid": success.payer_openid,
            "now": tx.clock.now(),
            "kind": Kind.PAYMENT.value,
            "accounts": [side.account for side in sides],
            "amounts": [side.amount_fen for side in sides],
            "notice_id": notice.notice_id if notice else None,
            "subject": payment.out_trade_no,
            "content": Jsonb(notice.content) if notice else None,
            "poll": POLL,
            "ref": str(payment.id),
        },
    )
    assert row is not None, "the caller holds the lock and checked the state"
    return row.others_pending


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
