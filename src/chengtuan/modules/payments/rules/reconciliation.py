"""Compare a day of our books with the provider's bill: what differs, and what that means. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from chengtuan.gateways.wechat import BillRow, BillRowKind, DamagedRow, TradeBill
from chengtuan.modules.payments.rules.bill_days import bounds, written_from


class DifferenceKind(StrEnum):
    PAYMENT_MISSING_HERE = "payment_missing_here"
    """The provider took money under a number that we never gave out."""
    PAYMENT_PENDING_HERE = "payment_pending_here"
    """The provider took money for a payment that we think is unpaid: no callback and no question told us."""
    PAYMENT_MISSING_THERE = "payment_missing_there"
    """We booked a payment that the provider's bill does not know."""
    PAYMENT_AMOUNT = "payment_amount"
    PAYMENT_TRANSACTION = "payment_transaction"
    """The payment stands there under another number of the provider's than the one we were told."""
    PAYMENT_DAY = "payment_day"
    """The payment stands in the bill of another day than that of its success."""
    REFUND_MISSING_HERE = "refund_missing_here"
    """The provider returned money that we did not ask back, for example by hand at the merchant platform."""
    REFUND_PENDING_HERE = "refund_pending_here"
    """The provider accepted a refund whose acceptance never reached us."""
    REFUND_MISSING_THERE = "refund_missing_there"
    """A refund that the provider accepted is not in its bill."""
    REFUND_AMOUNT = "refund_amount"
    REFUND_STATUS = "refund_status"
    """The provider says that the money is back and we do not, or the other way round."""
    REFUND_DAY = "refund_day"
    """The refund stands in the bill of another day than that of its acceptance."""
    DUPLICATE_ROW = "duplicate_row"
    """The bill names the same payment or refund more than once."""
    TOTALS_WRONG = "totals_wrong"
    """The bill's last line is not the sum of its rows."""
    ROW_DAMAGED = "row_damaged"
    """One row of the bill cannot be read; the others are compared. The bill's sums prove nothing then."""
    BILL_DAMAGED = "bill_damaged"
    """What came is not what the provider announced, or cannot be read."""


class RequestState(StrEnum):
    """How one request for a refund ended, as we see it."""

    UNKNOWN = "unknown"
    """We know the refund, but not that the provider accepted it."""
    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Closed there, or abnormal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OurPayment:
    """A payment that succeeded on the day, or that the bill names. `paid_at` None: we think it is unpaid."""

    out_trade_no: str
    purpose: str
    subject_id: UUID
    subject_number: str
    amount_fen: int
    paid_at: datetime | None
    transaction_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OurRefund:
    """One request for a refund that the provider accepted on the day, or that the bill names."""

    out_refund_no: str
    purpose: str
    subject_id: UUID
    subject_number: str
    amount_fen: int
    state: RequestState
    accepted_at: datetime | None
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference. `number` is the out_trade_no or out_refund_no; with `ask` the provider can settle it."""

    kind: DifferenceKind
    number: str
    purpose: str | None = None
    subject_id: UUID | None = None
    subject_number: str | None = None
    ours_fen: int | None = None
    theirs_fen: int | None = None
    ask: bool = False

    @property
    def key(self) -> tuple[DifferenceKind, str]:
        """What makes two findings of a day the same."""
        return self.kind, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Our side of a day: what belongs to it, and what else the bill names, by our numbers."""

    day: date
    payments: Mapping[str, OurPayment]
    refunds: Mapping[str, OurRefund]

    def covers(self, instant: datetime | None) -> bool:
        begin, end = bounds(self.day)
        return instant is not None and begin <= instant < end

    @property
    def days_payments(self) -> list[OurPayment]:
        return [payment for payment in self.payments.values() if self.covers(payment.paid_at)]

    @property
    def days_refunds(self) -> list[OurRefund]:
        return [refund for refund in self.refunds.values() if self.covers(refund.accepted_at)]


def compare(bill: TradeBill, books: Books) -> list[Finding]:
    """Everything in which the bill and our books differ; empty if they tell the same."""
    findings = [_damaged(row) for row in bill.damaged]
    if not findings:
        findings = [_misstated(name, stated, counted) for name, (stated, counted) in _totals(bill)]
    seen: dict[tuple[BillRowKind, str], BillRow] = {}
    for row in bill.rows:
        number = number_of_row(row)
        if (row.kind, number) in seen:
            findings.append(Finding(kind=DifferenceKind.DUPLICATE_ROW, number=number, theirs_fen=row.amount_fen))
            continue
        seen[row.kind, number] = row
        if row.kind is BillRowKind.PAYMENT:
            findings += _payment(row, books.payments.get(number), books)
        else:
            findings += _refund(row, books.refunds.get(number), books)
    named = {number for _, number in seen} | {row.number for row in bill.damaged if row.number}
    findings += _missing_there(books, named)
    return _once_each(findings)


def number_of_row(row: BillRow) -> str:
    """Our number of what a row is about."""
    return row.out_refund_no or row.out_trade_no


def _totals(bill: TradeBill) -> Iterable[tuple[str, tuple[int, int]]]:
    return bill.totals.differences(bill.counted).items()


def _damaged(row: DamagedRow) -> Finding:
    return Finding(kind=DifferenceKind.ROW_DAMAGED, number=row.number or f"line {row.line}")


def _misstated(name: str, stated: int, counted: int) -> Finding:
    return Finding(kind=DifferenceKind.TOTALS_WRONG, number=name, ours_fen=counted, theirs_fen=stated)


def _differ(row: BillRow, ours: OurPayment | OurRefund, kind: DifferenceKind, *, ask: bool = False) -> Finding:
    """Both sides know what the row is about, and tell it differently."""
    return Finding(
        kind=kind,
        number=number_of_row(row),
        purpose=ours.purpose,
        subject_id=ours.subject_id,
        subject_number=ours.subject_number,
        ours_fen=ours.amount_fen,
        theirs_fen=row.amount_fen,
        ask=ask,
    )


def _payment(row: BillRow, ours: OurPayment | None, books: Books) -> list[Finding]:
    number = row.out_trade_no
    if ours is None:
        return [Finding(kind=DifferenceKind.PAYMENT_MISSING_HERE, number=number, theirs_fen=row.amount_fen)]

    differ = partial(_differ, row, ours)
    found = [differ(DifferenceKind.PAYMENT_AMOUNT)] if ours.amount_fen != row.amount_fen else []
    if ours.paid_at is None:
        return [*found, differ(DifferenceKind.PAYMENT_PENDING_HERE, ask=True)]
    if ours.transaction_id != row.transaction_id:
        found.append(differ(DifferenceKind.PAYMENT_TRANSACTION))
    if not books.covers(ours.paid_at):
        found.append(differ(DifferenceKind.PAYMENT_DAY))
    return found


def _refund(row: BillRow, ours: OurRefund | None, books: Books) -> list[Finding]:
    number = number_of_row(row)
    if ours is None:
        return [Finding(kind=DifferenceKind.REFUND_MISSING_HERE, number=number, theirs_fen=row.amount_fen)]

    differ = partial(_differ, row, ours)
    found = [differ(DifferenceKind.REFUND_AMOUNT)] if ours.amount_fen != row.amount_fen else []
    if ours.state is RequestState.UNKNOWN:
        return [*found, differ(DifferenceKind.REFUND_PENDING_HERE, ask=True)]
    if _contradicts(row, ours, books.day):
        found.append(differ(DifferenceKind.REFUND_STATUS, ask=ours.state is not RequestState.SUCCEEDED))
    if not books.covers(ours.accepted_at):
        found.append(differ(DifferenceKind.REFUND_DAY))
    return found


def _contradicts(row: BillRow, ours: OurRefund, day: date) -> bool:
    """Whether both cannot be true: the bill tells how a refund stood when the file was written, and never again."""
    if row.refund_status == "PROCESSING":
        return False
    if row.refund_status == "SUCCESS":
        return ours.state is not RequestState.SUCCEEDED
    if ours.state is RequestState.SUCCEEDED:  # it may have been repaired since
        return ours.succeeded_at is not None and ours.succeeded_at < written_from(day)
    return ours.state is RequestState.OPEN


def _missing_there(books: Books, numbers: set[str]) -> list[Finding]:
    missing: list[tuple[DifferenceKind, str, OurPayment | OurRefund]] = [
        (DifferenceKind.PAYMENT_MISSING_THERE, payment.out_trade_no, payment) for payment in books.days_payments
    ]
    missing += [(DifferenceKind.REFUND_MISSING_THERE, refund.out_refund_no, refund) for refund in books.days_refunds]
    return [
        Finding(
            kind=kind,
            number=number,
            purpose=ours.purpose,
            subject_id=ours.subject_id,
            subject_number=ours.subject_number,
            ours_fen=ours.amount_fen,
        )
        for kind, number, ours in missing
        if number not in numbers
    ]


def _once_each(findings: list[Finding]) -> list[Finding]:
    """A row that comes three times is one difference."""
    return list({finding.key: finding for finding in findings}.values())
