"""The comparison by itself: random days, every way to be wrong; and which days are looked at when."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from chengtuan.gateways.wechat import BillRow, BillRowKind, TradeBill
from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.payments.rules.bill_days import (
    Checked,
    ReconciliationStatus,
    bill_day_of,
    bounds,
    days_due,
    is_over,
    is_too_old,
)
from chengtuan.modules.payments.rules.reconciliation import (
    Books,
    DifferenceKind,
    Finding,
    OurPayment,
    OurRefund,
    RequestState,
    compare,
    number_of_row,
)
from chengtuan.modules.payments.usecases.reconcile_day import _figures

DAY = date(2026, 6, 1)
BEGIN, END = bounds(DAY)
ROUNDS = 300
K = DifferenceKind
ORDER = UUID(int=7)


def _books(dice: random.Random) -> Books:
    def some_time() -> datetime:
        return BEGIN + timedelta(seconds=dice.randrange(24 * 3600))

    payments = [
        OurPayment(
            out_trade_no=f"P{n}",
            purpose="trade.order",
            subject_id=ORDER,
            subject_number=str(n),
            amount_fen=dice.randint(1, 99999),
            paid_at=some_time(),
            transaction_id=f"42{n}",
        )
        for n in range(dice.randint(1, 12))
    ]
    refunds = [
        OurRefund(
            out_refund_no=f"R{n}",
            purpose="trade.order",
            subject_id=ORDER,
            subject_number=str(n),
            amount_fen=dice.randint(1, 999),
            state=dice.choice([RequestState.OPEN, RequestState.SUCCEEDED, RequestState.FAILED]),
            accepted_at=some_time(),
            succeeded_at=some_time(),
        )
        for n in range(dice.randint(1, 6))
    ]
    return Books(
        day=DAY,
        payments={one.out_trade_no: one for one in payments},
        refunds={one.out_refund_no: one for one in refunds},
    )


_TOLD = {RequestState.SUCCEEDED: "SUCCESS", RequestState.OPEN: "PROCESSING", RequestState.FAILED: "FAIL"}


def _rows(books: Books) -> list[BillRow]:
    """What an honest provider writes."""
    fixed = {"mchid": "19", "appid": "wx"}
    rows = [
        BillRow(
            line=0,
            kind=BillRowKind.PAYMENT,
            at=one.paid_at or BEGIN,
            transaction_id=one.transaction_id or "",
            out_trade_no=one.out_trade_no,
            amount_fen=one.amount_fen,
            refund_id=None,
            out_refund_no=None,
            refund_status=None,
            fee_milli_fen=0,
            **fixed,
        )
        for one in books.payments.values()
    ]
    return rows + [
        BillRow(
            line=0,
            kind=BillRowKind.REFUND,
            at=one.accepted_at or BEGIN,
            transaction_id="42",
            out_trade_no="P",
            amount_fen=one.amount_fen,
            refund_id="50",
            out_refund_no=one.out_refund_no,
            refund_status=_TOLD[one.state],
            fee_milli_fen=0,
            **fixed,
        )
        for one in books.refunds.values()
    ]


def _bill(rows: list[BillRow]) -> TradeBill:
    counted = TradeBill(rows=rows, totals=None).counted  # type: ignore[arg-type]
    return TradeBill(rows=rows, totals=counted)


def _keys(findings: list[Finding]) -> set[tuple[DifferenceKind, str]]:
    assert len({finding.key for finding in findings}) == len(findings)
    return {finding.key for finding in findings}


def _spoil(dice: random.Random, row: BillRow, books: Books) -> tuple[list[BillRow], DifferenceKind]:
    """One row made wrong in a random way, and what that is called."""
    refund = row.kind is BillRowKind.REFUND
    way = dice.choice(["drop", "amount", "double", "foreign", "status" if refund else "transaction"])
    if way == "drop":
        return [], K.REFUND_MISSING_THERE if refund else K.PAYMENT_MISSING_THERE
    if way == "amount":
        return [replace(row, amount_fen=row.amount_fen + 1)], K.REFUND_AMOUNT if refund else K.PAYMENT_AMOUNT
    if way == "double":
        return [row] * dice.randint(2, 4), K.DUPLICATE_ROW
    if way == "transaction":
        return [replace(row, transaction_id="another")], K.PAYMENT_TRANSACTION
    if way == "status":
        succeeded = books.refunds[number_of_row(row)].state is RequestState.SUCCEEDED
        return [replace(row, refund_status="FAIL" if succeeded else "SUCCESS")], K.REFUND_STATUS
    number = f"X{number_of_row(row)}"
    foreign = replace(row, out_refund_no=number) if refund else replace(row, out_trade_no=number)
    return [row, foreign], K.REFUND_MISSING_HERE if refund else K.PAYMENT_MISSING_HERE


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_is_wrong_is_found_and_nothing_else(seed: int) -> None:
    dice = random.Random(seed)
    books = _books(dice)
    rows, expected = [], set()
    for row in _rows(books):
        if dice.random() < 0.7:
            rows.append(row)
            continue
        spoilt, kind = _spoil(dice, row, books)
        rows += spoilt
        missing_here = kind in (K.PAYMENT_MISSING_HERE, K.REFUND_MISSING_HERE)
        expected.add((kind, ("X" if missing_here else "") + number_of_row(row)))
    dice.shuffle(rows)
    assert _keys(compare(_bill(rows), books)) == expected


@pytest.mark.parametrize(("milli_fen", "fees_fen"), [(11_499, 11), (11_500, 12), (-11_501, -12)])
def test_fees_are_added_up_exactly_and_told_in_whole_fen(milli_fen: int, fees_fen: int) -> None:
    books = _books(random.Random(1))
    first, *others = _rows(books)
    assert _figures(_bill([replace(first, fee_milli_fen=milli_fen), *others]), books).fees_fen == fees_fen


@pytest.mark.parametrize("seed", range(20))
def test_equal_books_differ_in_nothing(seed: int) -> None:
    books = _books(random.Random(seed))
    assert compare(_bill(_rows(books)), books) == []


def test_two_errors_that_cancel_out_are_two_findings() -> None:
    """Equal sums prove nothing."""
    books = _books(random.Random(3))
    assert len(books.payments) > 1
    rows = _rows(books)
    spoilt = [replace(rows[0], amount_fen=rows[0].amount_fen + 1), replace(rows[1], amount_fen=rows[1].amount_fen - 1)]
    bill = _bill(spoilt + rows[2:])
    assert bill.totals == _bill(rows).totals
    assert _keys(compare(bill, books)) == {(K.PAYMENT_AMOUNT, "P0"), (K.PAYMENT_AMOUNT, "P1")}


def _one_refund(state: RequestState, succeeded_at: datetime | None = None) -> Books:
    refund = OurRefund(
        out_refund_no="R1",
        purpose="trade.order",
        subject_id=ORDER,
        subject_number="1",
        amount_fen=5,
        state=state,
        accepted_at=BEGIN,
        succeeded_at=succeeded_at,
    )
    return Books(day=DAY, payments={}, refunds={"R1": refund})


@pytest.mark.parametrize(
    ("told", "state", "succeeded_after_h", "contradicts"),
    [
        ("PROCESSING", RequestState.OPEN, None, False),
        ("PROCESSING", RequestState.SUCCEEDED, 1, False),
        ("SUCCESS", RequestState.SUCCEEDED, 1, False),
        ("SUCCESS", RequestState.OPEN, None, True),
        ("SUCCESS", RequestState.FAILED, None, True),
        ("CHANGE", RequestState.FAILED, None, False),
        ("FAIL", RequestState.OPEN, None, True),
        ("CHANGE", RequestState.SUCCEEDED, 1, True),
        ("CHANGE", RequestState.SUCCEEDED, 34, False),  # repaired after the file was written
    ],
)
def test_a_bill_says_how_a_refund_stood_that_morning(
    told: str, state: RequestState, succeeded_after_h: int | None, contradicts: bool
) -> None:
    succeeded_at = BEGIN + timedelta(hours=succeeded_after_h) if succeeded_after_h else None
    books = _one_refund(state, succeeded_at)
    rows = [replace(_rows(_one_refund(RequestState.OPEN))[0], refund_status=told)]
    assert bool(compare(_bill(rows), books)) is contradicts


@pytest.mark.parametrize("seconds", [-1, 24 * 3600])
def test_the_wrong_day_is_named_on_both_days(seconds: int) -> None:
    books = _books(random.Random(1))
    moved = replace(books.payments["P0"], paid_at=BEGIN + timedelta(seconds=seconds))
    elsewhere = replace(books, payments=dict(books.payments) | {"P0": moved})
    assert _keys(compare(_bill(_rows(books)), elsewhere)) == {(K.PAYMENT_DAY, "P0")}
    assert moved.paid_at is not None
    other_day = replace(elsewhere, day=bill_day_of(moved.paid_at), refunds={}, payments={"P0": moved})
    assert _keys(compare(_bill([]), other_day)) == {(K.PAYMENT_MISSING_THERE, "P0")}


def test_days_are_chinas() -> None:
    assert (datetime(2026, 5, 31, 16, tzinfo=UTC), datetime(2026, 6, 1, 16, tzinfo=UTC)) == (BEGIN, END)
    assert bill_day_of(BEGIN) == DAY
    assert bill_day_of(BEGIN - timedelta(microseconds=1)) == DAY - timedelta(days=1)
    assert [is_over(DAY, END - timedelta(seconds=1)), is_over(DAY, END)] == [False, True]
    assert [is_too_old(DAY, BEGIN + timedelta(days=days)) for days in (90, 91)] == [False, True]


NOW = datetime(2026, 6, 5, 12, tzinfo=SHANGHAI)


def _due(known: dict[int, Checked], now: datetime = NOW) -> list[int]:
    found = days_due(DAY, now, {DAY.replace(day=number): checked for number, checked in known.items()})
    return [day.day for day in found]


def _checked(status: ReconciliationStatus, **ago: float) -> Checked:
    return Checked(status, NOW - timedelta(**ago))


def test_which_days_are_due() -> None:
    assert _due({}) == [1, 2, 3, 4]
    assert _due({}, NOW.replace(hour=10, minute=29)) == [1, 2, 3]
    assert _due({}, NOW.replace(day=1)) == []
    clean = _checked(ReconciliationStatus.CLEAN, days=3)
    assert _due({1: clean, 2: clean, 4: clean}) == [3]


@pytest.mark.parametrize(
    ("status", "hours"),
    [
        (ReconciliationStatus.WAITING, 0.5),
        (ReconciliationStatus.FAILED, 6),
        (ReconciliationStatus.DIFFERENCES, 24),
    ],
)
def test_when_a_day_is_looked_at_again(status: ReconciliationStatus, hours: float) -> None:
    clean = dict.fromkeys((1, 2, 4), _checked(ReconciliationStatus.CLEAN, days=1))
    assert _due(clean | {3: _checked(status, hours=hours - 0.1)}) == []
    assert _due(clean | {3: _checked(status, hours=hours)}) == [3]


def test_a_day_whose_bill_is_gone_is_looked_at_once() -> None:
    first = NOW.date() - timedelta(days=91)
    assert days_due(first, NOW, {})[0] == first
    known = {first: Checked(ReconciliationStatus.FAILED, NOW - timedelta(days=2))}
    assert days_due(first, NOW, known)[0] == first + timedelta(days=1)
