"""Payments of many orders in one transaction: opening, handing over and settling are the hot path.

Rows are locked in the order of ids, so that two batches never wait for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.payments.domain.ledger import Kind, sides_of
from chengtuan.modules.payments.domain.notice import Notice
from chengtuan.modules.payments.domain.payment import PAYMENT_STATES, Payment, PaymentAction
from chengtuan.modules.payments.repository.payments import POLL, SELECT_PAYMENT
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class Success:
    """What the provider proved about a payment."""

    transaction_id: str
    paid_at: datetime
    payer_openid_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


@dataclass(frozen=True, slots=True)
class _Settled:
    id: UUID
    others_pending: bool


_INSERT: LiteralString = (
    "with gate as ("
    " insert into payable (order_id, opened_at) values (%(order_id)s, %(now)s)"
    " on conflict (order_id) do update set opened_at = payable.opened_at"
    " where payable.closed_at is null returning order_id)"
    " insert into payment (id, order_id, order_number, merchant_id, user_id, request_id, channel,"
    "  out_trade_no, amount_fen, description, status, payer_openid_sealed, expires_at, created_at)"
    " select %(id)s, order_id, %(order_number)s, %(merchant_id)s, %(user_id)s, %(request_id)s, %(channel)s,"
    "  %(out_trade_no)s, %(amount_fen)s, %(description)s, %(status)s, %(payer_openid_sealed)s, %(expires_at)s, %(now)s"
    " from gate where not exists ("
    "  select 1 from payment p where p.order_id = gate.order_id and p.status = 'paid')"
    " on conflict (order_id, channel) where status = 'pending' do nothing returning id"
)


async def insert_payments(tx: WriteSession, payments: Sequence[Payment]) -> set[UUID]:
    """Which were opened: not where the order is closed for good, paid, or has an open one in this channel.

    The orders' rows in `payable` are locked on the way, so that a closing and an opening see each other.
    """
    in_order = sorted(payments, key=lambda payment: payment.order_id)
    rows = await tx.fetch_each(*((_Id, _INSERT, _opening(payment)) for payment in in_order))
    return {row.id for found in rows for row in found}


def _opening(payment: Payment) -> Mapping[str, Any]:
    return {
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
        "payer_openid_sealed": payment.payer_openid_sealed,
        "expires_at": payment.expires_at,
        "now": payment.created_at,
    }


_KEEP: LiteralString = (
    "update payment set ticket = %s, ticket_at = %s where id = %s and status = 'pending' returning id"
)


async def keep_tickets(tx: WriteSession, tickets: Sequence[tuple[UUID, str]]) -> set[UUID]:
    """Store hand-overs: (payment, ticket). Payments that were closed or paid meanwhile are not among those kept."""
    now = tx.clock.now()
    rows = await tx.fetch_each(*((_Id, _KEEP, (ticket, now, payment_id)) for payment_id, ticket in sorted(tickets)))
    return {row.id for found in rows for row in found}


@dataclass(frozen=True, slots=True)
class _Owner:
    transaction_id: str
    out_trade_no: str


_LOCK: LiteralString = SELECT_PAYMENT + " where out_trade_no = any(%s) order by id for no key update"
_OWNERS: LiteralString = "select transaction_id, out_trade_no from payment where transaction_id = any(%s)"


async def lock_payments(
    tx: WriteSession, out_trade_nos: Sequence[str], transaction_ids: Sequence[str]
) -> tuple[dict[str, Payment], dict[str, str]]:
    """The payments by their numbers, which nobody else changes until this transaction ends; and for each of
    the provider's own numbers that we know, which payment it paid."""
    payments, owners = await tx.fetch_each(
        (Payment, _LOCK, (sorted(set(out_trade_nos)),)), (_Owner, _OWNERS, (sorted(set(transaction_ids)),))
    )
    return (
        {row.out_trade_no: row for row in payments},
        {row.transaction_id: row.out_trade_no for row in owners},
    )


# Payment paid, money booked, notice kept and watching ended, in one statement.
_SETTLE: LiteralString = (
    "with paid as ("
    " update payment set status = %(paid)s, transaction_id = %(transaction_id)s, paid_at = %(paid_at)s,"
    "  payer_openid = case when %(payer_openid_sealed)s::bytea is null then payer_openid end,"
    "  payer_openid_sealed = coalesce(%(payer_openid_sealed)s, payer_openid_sealed), settled_at = %(now)s"
    " where id = %(id)s and status = any(%(sources)s) returning id, order_id, merchant_id),"
    " booked as ("
    " insert into entry (kind, subject_id, line, account, amount_fen, order_id, merchant_id, booked_at)"
    " select %(kind)s, paid.id, side.line, side.account, side.amount_fen, paid.order_id, paid.merchant_id, %(now)s"
    " from paid, unnest(%(accounts)s::text[], %(amounts)s::bigint[]) with ordinality"
    "  as side(account, amount_fen, line)),"
    " noted as ("
    " insert into notice (notice_id, kind, subject, outcome, content_sealed, received_at)"
    " select %(notice_id)s, 'transaction', %(subject)s, 'applied', %(content_sealed)s, %(now)s"
    " where %(notice_id)s::text is not null"
    " on conflict (notice_id) do update set outcome = excluded.outcome,"
    "  deliveries = notice.deliveries + 1, repeated_at = excluded.received_at),"
    " unwatched as (delete from job where kind = %(poll)s and ref = %(ref)s)"
    " select paid.id, exists (select 1 from payment other where other.order_id = paid.order_id"
    "  and other.id <> paid.id and other.status = 'pending') as others_pending from paid"
)


async def settle_payments(
    tx: WriteSession, settled: Sequence[tuple[Payment, Success, Notice | None]]
) -> dict[UUID, bool]:
    """Record successes of locked payments: for each whether its order has others that could still be paid."""
    now = tx.clock.now()
    in_order = sorted(settled, key=lambda each: each[0].id)
    rows = await tx.fetch_each(*((_Settled, _SETTLE, _settling(*each, now)) for each in in_order))
    found = {row.id: row.others_pending for rows_of_one in rows for row in rows_of_one}
    assert len(found) == len(settled), "the caller holds the locks and checked the states"
    return found


def _settling(payment: Payment, success: Success, notice: Notice | None, now: datetime) -> Mapping[str, Any]:
    sides = sides_of(Kind.PAYMENT, payment.amount_fen)
    return {
        "id": payment.id,
        "paid": PAYMENT_STATES.target(PaymentAction.SUCCEED).value,
        "sources": PAYMENT_STATES.sources(PaymentAction.SUCCEED),
        "transaction_id": success.transaction_id,
        "paid_at": success.paid_at,
        "payer_openid_sealed": success.payer_openid_sealed,
        "now": now,
        "kind": Kind.PAYMENT.value,
        "accounts": [side.account for side in sides],
        "amounts": [side.amount_fen for side in sides],
        "notice_id": notice.notice_id if notice else None,
        "subject": payment.out_trade_no,
        "content_sealed": notice.content_sealed if notice else None,
        "poll": POLL,
        "ref": str(payment.id),
    }
