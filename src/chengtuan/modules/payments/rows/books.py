"""Our side of a day, as it is compared with the provider's bill."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.payments.rules.bill_days import bounds
from chengtuan.modules.payments.rules.reconciliation import Books, OurPayment, OurRefund, RequestState
from chengtuan.modules.payments.rules.refund import RefundStatus, number_of, out_refund_no_of
from chengtuan.platform.database import ReadSession


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A refund and one of its requests, or with `out_refund_no` None the refund alone."""

    out_refund_no: str | None
    number: str
    sequence: int
    status: str
    purpose: str
    subject_id: UUID
    subject_number: str
    amount_fen: int
    accepted_at: datetime | None
    succeeded_at: datetime | None


_PAYMENTS: LiteralString = (
    "select p.out_trade_no, y.purpose, y.subject_id, p.amount_fen, p.paid_at, p.transaction_id,"
    " (select string_agg(s.subject_number, ', ' order by s.subject_number) from payment_share s"
    "  where s.payment_id = p.id) as subject_number from payment p join payable y on y.id = p.payable_id"
    " where p.status = 'paid' and p.paid_at >= %(begin)s and p.paid_at < %(end)s or p.out_trade_no = any(%(numbers)s)"
)
_SELECT_REFUND: LiteralString = (
    "select q.out_refund_no, r.number, r.sequence, r.status, y.purpose, r.subject_id, s.subject_number, r.amount_fen,"
    " q.accepted_at, r.succeeded_at from refund r"
    " join payment_share s on s.payment_id = r.payment_id and s.subject_id = r.subject_id"
    " join payment p on p.id = r.payment_id join payable y on y.id = p.payable_id"
)
_REQUESTS: LiteralString = _SELECT_REFUND + (
    " join refund_request q on q.refund_id = r.id"
    " where q.accepted_at >= %(begin)s and q.accepted_at < %(end)s or q.out_refund_no = any(%(numbers)s)"
)
_REFUNDS: LiteralString = _SELECT_REFUND + (" left join refund_request q on false where r.number = any(%(bases)s)")


async def read_books(db: ReadSession, day: date, payment_numbers: list[str], refund_numbers: list[str]) -> Books:
    """What belongs to the day, and what else these numbers are."""
    begin, end = bounds(day)
    span = {"begin": begin, "end": end}
    paid = await db.fetch_all(OurPayment, _PAYMENTS, span | {"numbers": payment_numbers})
    asked = await db.fetch_all(_Asked, _REQUESTS, span | {"numbers": refund_numbers})
    refunds = {one.out_refund_no: _ours(one, one.out_refund_no) for one in asked if one.out_refund_no}
    unheard = [number for number in refund_numbers if number not in refunds]
    bases = [number_of(number) for number in unheard]
    by_number = {one.number: one for one in await db.fetch_all(_Asked, _REFUNDS, {"bases": bases})} if bases else {}
    for number in unheard:
        planned = by_number.get(number_of(number))
        if planned is not None and _is_request_of(planned, number):
            refunds[number] = _ours(planned, number)
    return Books(day=day, payments={one.out_trade_no: one for one in paid}, refunds=refunds)


async def list_untold_acceptances(db: ReadSession, day: date) -> list[str]:
    """Numbers of requests of about that day whose time of acceptance is ours, not yet the provider's."""
    begin, end = bounds(day)
    rows = await db.fetch_tuples(
        "select out_refund_no from refund_request where not told and accepted_at >= %s::timestamptz - interval '1 day'"
        " and accepted_at < %s::timestamptz + interval '1 day' order by out_refund_no",
        (begin, end),
    )
    return [row[0] for row in rows]


def _is_request_of(refund: _Asked, out_refund_no: str) -> bool:
    return any(out_refund_no_of(refund.number, turn) == out_refund_no for turn in range(1, refund.sequence + 1))


def _ours(one: _Asked, out_refund_no: str) -> OurRefund:
    return OurRefund(
        out_refund_no=out_refund_no,
        purpose=one.purpose,
        subject_id=one.subject_id,
        subject_number=one.subject_number,
        amount_fen=one.amount_fen,
        state=_state(one, out_refund_no),
        accepted_at=one.accepted_at,
        succeeded_at=one.succeeded_at,
    )


def _state(one: _Asked, out_refund_no: str) -> RequestState:
    if one.accepted_at is None:
        return RequestState.UNKNOWN
    if out_refund_no != out_refund_no_of(one.number, one.sequence):
        return RequestState.FAILED  # closed: another request took over
    if one.status == RefundStatus.SUCCEEDED:
        return RequestState.SUCCEEDED
    return RequestState.FAILED if one.status == RefundStatus.ABNORMAL else RequestState.OPEN
