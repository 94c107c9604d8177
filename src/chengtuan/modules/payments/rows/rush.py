"""Payments of many people in one transaction: opening, handing over and settling are the hot path.

Rows are locked in the order of ids, so that two batches never wait for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.payments.facade import Payable
from chengtuan.modules.payments.job_kinds import POLL
from chengtuan.modules.payments.rows.payments import SELECT_PAYMENT, named
from chengtuan.modules.payments.rules.ledger import Kind, sides_of
from chengtuan.modules.payments.rules.notice import Notice
from chengtuan.modules.payments.rules.payment import PAYMENT_STATES, Opening, Payment, PaymentAction
from chengtuan.platform.arrays import array
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
class SettledShare:
    """What became paid; `others_pending`: the payable has other payments that could still be paid."""

    payment_id: UUID
    payable_id: UUID
    purpose: str
    subject_id: UUID
    instalment: int
    amount_fen: int
    others_pending: bool


# The payable's row is locked, the payment kept and its shares with it, in one statement.
_INSERT: LiteralString = (
    "with gate as ("
    " insert into payable (id, purpose, subject_id, instalment, opened_at)"
    " values (%(payable_id)s, %(purpose)s, %(subject)s, %(part)s, %(now)s)"
    " on conflict (subject_id, purpose, instalment) do update set opened_at = payable.opened_at"
    " where payable.closed_at is null returning id),"
    " opened as ("
    " insert into payment (id, payable_id, user_id, request_id, channel, out_trade_no, amount_fen, description,"
    "  status, payer_openid_sealed, expires_at, created_at)"
    " select %(id)s, gate.id, %(user_id)s, %(request_id)s, %(channel)s, %(out_trade_no)s, %(amount_fen)s,"
    "  %(description)s, %(status)s, %(payer_openid_sealed)s, %(expires_at)s, %(now)s"
    " from gate where not exists ("
    "  select 1 from payment p where p.payable_id = gate.id and p.status = 'paid')"
    " on conflict (payable_id, channel) where status = 'pending' do nothing returning id)"
    " insert into payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen)"
    " select opened.id, share.* from opened, unnest(%(subjects)s::uuid[], %(numbers)s::text[], %(merchants)s::uuid[],"
    "  %(amounts)s::bigint[]) as share returning payment_id as id"
)


async def insert_payments(tx: WriteSession, openings: Sequence[Opening]) -> set[UUID]:
    """Which were opened: not where the payable is closed for good, paid, or has an open one in this channel.

    The rows in `payable` are locked on the way, so that a closing and an opening see each other.
    """
    in_order = sorted(openings, key=lambda opening: _place(opening.request.payable))
    rows = await tx.fetch_each(*((_Id, _INSERT, _opening(opening)) for opening in in_order))
    return {row.id for found in rows for row in found}


def _place(payable: Payable) -> tuple[UUID, str, int]:
    return payable.subject_id, payable.purpose, payable.instalment


def _opening(opening: Opening) -> Mapping[str, Any]:
    payment, shares = opening.fresh, opening.request.shares
    return {
        **named(opening.request.payable),
        "id": payment.id,
        "payable_id": payment.payable_id,
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
        "subjects": [share.subject_id for share in shares],
        "numbers": [share.subject_number for share in shares],
        "merchants": [share.merchant_id for share in shares],
        "amounts": [share.amount_fen for share in shares],
    }


# the rows are locked in their order first: an update takes them as it finds them
_KEEP: LiteralString = (
    "with new as (select * from unnest(%s::uuid[], %s::text[]) as n(id, ticket)),"
    " locked as (select p.id, new.ticket from payment p join new using (id) where p.status = 'pending'"
    "  order by p.id for no key update of p)"
    " update payment p set ticket = locked.ticket, ticket_at = %s from locked where p.id = locked.id returning p.id"
)


async def keep_tickets(tx: WriteSession, tickets: Sequence[tuple[UUID, str]]) -> set[UUID]:
    """Store hand-overs: (payment, ticket). Payments that were closed or paid meanwhile are not among those kept."""
    latest = dict(tickets)
    rows = await tx.fetch_tuples(_KEEP, (array(latest), array(latest.values()), tx.clock.now()))
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class _Owner:
    transaction_id: str
    out_trade_no: str


_LOCK: LiteralString = SELECT_PAYMENT + " where p.out_trade_no = any(%s) order by p.id for no key update"
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


# Payments paid, money booked by share, notices kept and watching ended, in one statement.
_SETTLE: LiteralString = (
    "with new as materialized (select * from unnest(%(ids)s::uuid[], %(transaction_ids)s::text[],"
    "  %(paid_at)s::timestamptz[], %(payers)s::bytea[], %(notice_ids)s::text[], %(numbers)s::text[],"
    "  %(contents)s::bytea[]) as n(id, transaction_id, paid_at, payer, notice_id, number, content)),"
    " paid as ("
    " update payment p set status = %(paid)s, transaction_id = new.transaction_id, paid_at = new.paid_at,"
    "  payer_openid = case when new.payer is null then p.payer_openid end,"
    "  payer_openid_sealed = coalesce(new.payer, p.payer_openid_sealed), settled_at = %(now)s"
    " from new where p.id = new.id and p.status = any(%(sources)s) returning p.id, p.payable_id),"
    " share as ("
    " select paid.id as payment_id, paid.payable_id, y.purpose, y.instalment, s.subject_id, s.merchant_id, s.amount_fen"
    " from paid join payable y on y.id = paid.payable_id join payment_share s on s.payment_id = paid.id),"
    " booked as ("
    " insert into entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at)"
    " select %(kind)s, share.payment_id, side.line, side.account, side.sign * share.amount_fen, share.purpose,"
    "  share.subject_id, share.merchant_id, %(now)s"
    " from share, unnest(%(accounts)s::text[], %(signs)s::bigint[]) with ordinality as side(account, sign, line)"
    " order by share.payment_id, share.subject_id, side.line),"
    " noted as ("
    " insert into notice (notice_id, kind, subject, outcome, content_sealed, received_at)"
    " select notice_id, 'transaction', number, 'applied', content, %(now)s from new"
    " where notice_id is not null order by notice_id"
    " on conflict (notice_id) do update set outcome = excluded.outcome,"
    "  deliveries = notice.deliveries + 1, repeated_at = excluded.received_at),"
    " unwatched as (delete from job where kind = %(poll)s and ref in (select id::text from new))"
    " select share.payment_id, share.payable_id, share.purpose, share.subject_id, share.instalment, share.amount_fen,"
    "  exists (select 1 from payment other where other.payable_id = share.payable_id"
    "  and other.id <> share.payment_id and other.status = 'pending') as others_pending"
    " from share order by share.payment_id, share.subject_id"
)


async def settle_payments(
    tx: WriteSession, settled: Sequence[tuple[Payment, Success, Notice | None]]
) -> list[SettledShare]:
    """Record successes of locked payments: what was paid by each, share by share."""
    sides = sides_of(Kind.PAYMENT, 1)
    shares = await tx.fetch_all(
        SettledShare,
        _SETTLE,
        {
            "ids": array(payment.id for payment, _, _ in settled),
            "transaction_ids": array(success.transaction_id for _, success, _ in settled),
            "paid_at": array(success.paid_at for _, success, _ in settled),
            "payers": array(success.payer_openid_sealed for _, success, _ in settled),
            "notice_ids": array(notice.notice_id if notice else None for _, _, notice in settled),
            "numbers": array(payment.out_trade_no for payment, _, _ in settled),
            "contents": array(notice.content_sealed if notice else None for _, _, notice in settled),
            "paid": PAYMENT_STATES.target(PaymentAction.SUCCEED).value,
            "sources": PAYMENT_STATES.sources(PaymentAction.SUCCEED),
            "now": tx.clock.now(),
            "kind": Kind.PAYMENT.value,
            "accounts": [side.account for side in sides],
            "signs": [side.amount_fen for side in sides],
            "poll": POLL,
        },
    )
    assert {share.payment_id for share in shares} == {payment.id for payment, _, _ in settled}, (
        "the caller holds the locks and checked the states"
    )
    return shares
