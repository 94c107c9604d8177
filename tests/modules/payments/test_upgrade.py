"""Books that were kept by order become books by purpose and share: nothing is lost, and everything goes on."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.verify.invariants import ALWAYS
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.payments.facade import (
    PaymentNotOpen,
    PaymentStatus,
    PaymentSucceeded,
    RefundAbnormal,
    RefundSucceeded,
    RefundTooLarge,
)
from chengtuan.modules.payments.module import PAYMENTS
from chengtuan.platform.migrations import migrate
from tests.modules.payments.stage import MERCHANT, ORDER, PRICE, Stage, an_order, open_stage

AT = datetime(2026, 6, 1, 4, tzinfo=UTC)
SPACE = UUID(int=29)


def _id(name: str) -> UUID:
    return uuid5(SPACE, name)


PENDING, PAID, CLOSED, TWICE, NEVER = (_id(name) for name in ("pending", "paid", "closed", "twice", "never"))
"""Orders: waits for its payment; paid and partly returned; not paid; paid through two channels; nobody tried to pay."""
REFUNDS = {"planned": 100, "submitted": 200, "succeeded": 300, "abnormal": 400}
_AT = AT.isoformat()
OLD_EVENTS: list[tuple[str, dict[str, object], str]] = [
    (
        "payments.payment_succeeded.v1",
        {"payment_id": f"{_id('p-paid')}", "order_id": f"{PAID}", "amount_fen": PRICE, "paid_at": _AT},
        "waits",
    ),
    (
        "payments.refund_succeeded.v1",
        {"refund_id": f"{_id('succeeded')}", "order_id": f"{PAID}", "amount_fen": 300, "succeeded_at": _AT},
        "dead",
    ),
    (
        "payments.refund_abnormal.v1",
        {"refund_id": f"{_id('abnormal')}", "order_id": f"{PAID}", "trouble": "refused", "reason": "NO: none"},
        "set aside",
    ),
]


class _Old:
    """Writes rows as the release before wrote them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def insert(self, table: str, **values: object) -> None:
        marks = ", ".join(["%s"] * len(values))
        statement = f"insert into payments.{table} ({', '.join(values)}) values ({marks})"
        self.connection.execute(statement.encode(), list(values.values()))

    def payment(self, name: str, order_id: UUID, status: str, channel: str = "wechat_jsapi", reserved: int = 0) -> UUID:
        payment_id = _id(name)
        paid = {"transaction_id": f"T-{name}", "paid_at": AT, "settled_at": AT} if status == "paid" else {}
        self.insert(
            "payment",
            id=payment_id,
            order_id=order_id,
            order_number=f"N-{order_id.hex[:6]}",
            merchant_id=MERCHANT,
            user_id=_id("buyer"),
            request_id=_id(f"request-{name}"),
            channel=channel,
            out_trade_no=payment_id.hex,
            amount_fen=PRICE,
            description="x",
            status=status,
            closed_at=AT if status == "closed" else None,
            expires_at=AT + timedelta(minutes=15),
            created_at=AT,
            refund_reserved_fen=reserved,
            refunded_fen=REFUNDS["succeeded"] if reserved else 0,
            **paid,
        )
        if status == "paid":
            self.book("payment", payment_id, order_id, ("provider_clearing", "merchant_escrow"), PRICE)
        return payment_id

    def refund(self, status: str, payment_id: UUID, order_id: UUID) -> None:
        asked = status in ("submitted", "succeeded")
        self.insert(
            "refund",
            id=_id(status),
            payment_id=payment_id,
            order_id=order_id,
            number=f"R-{status}",
            amount_fen=REFUNDS[status],
            reason="initiator_perk" if status == "planned" else "cancelled",
            status=status,
            provider_refund_id=f"P-{status}" if asked else None,
            trouble="refused" if status == "abnormal" else None,
            planned_at=AT,
            submitted_at=AT if asked else None,
            succeeded_at=AT if status == "succeeded" else None,
        )
        debit = "merchant_promotions" if status == "planned" else "merchant_escrow"
        kind = "perk_planned" if status == "planned" else "refund_planned"
        self.book(kind, _id(status), order_id, (debit, "refunds_in_transit"), REFUNDS[status])
        if status == "succeeded":
            self.book("refund_succeeded", _id(status), order_id, ("refunds_in_transit", "provider_clearing"), 300)

    def book(self, kind: str, subject_id: UUID, order_id: UUID, sides: tuple[str, str], fen: int) -> None:
        for line, account, amount_fen in ((1, sides[0], fen), (2, sides[1], -fen)):
            self.insert(
                "entry",
                kind=kind,
                subject_id=subject_id,
                line=line,
                account=account,
                amount_fen=amount_fen,
                order_id=order_id,
                merchant_id=MERCHANT,
                booked_at=AT,
            )

    def event(self, number: int, name: str, payload: dict[str, object], state: str) -> None:
        self.insert(
            "outbox",
            event_id=_id(f"event-{number}"),
            consumer="nobody",
            name=name,
            key=str(PAID),
            payload=json.dumps(payload),
            created_at=AT,
            next_try_at=AT,
            attempts=0 if state == "waits" else 24,
            dead_at=None if state == "waits" else AT,
            set_aside_at=AT if state == "set aside" else None,
        )
        self.insert(
            "event_archive",
            occurred_at=AT,
            event_id=_id(f"event-{number}"),
            name=name,
            key=str(PAID),
            payload=json.dumps(payload),
        )


def _fill(old: _Old) -> None:
    for order_id in (PENDING, PAID, CLOSED, NEVER):  # that of TWICE is missing, as it should not be
        old.insert("payable", order_id=order_id, opened_at=AT, closed_at=AT if order_id in (CLOSED, NEVER) else None)
    pending = old.payment("p-pending", PENDING, "pending")
    old.insert("job", kind="poll_payment", ref=str(pending), due_at=AT)
    old.payment("p-closed", CLOSED, "closed")
    paid = old.payment("p-paid", PAID, "paid", reserved=sum(REFUNDS.values()))
    for status in REFUNDS:
        old.refund(status, paid, PAID)
    old.insert("refund_request", out_refund_no="R-succeeded", refund_id=_id("succeeded"), accepted_at=AT, told=True)
    for channel in ("wechat_jsapi", "wechat_h5"):
        old.payment(f"p-twice-{channel}", TWICE, "paid", channel)
    old.insert("job", kind="close_other_payments", ref=str(TWICE), due_at=AT)
    old.book("subsidy", _id("allowance"), PAID, ("platform_subsidies", "merchant_escrow"), 50)
    old.insert("reconciliation", bill_date=AT.date(), status="differences", checked_at=AT)
    known = {"order_id": PAID, "order_number": "N-1"}
    for number, about in (("A", known), ("B", known | {"order_number": None}), ("C", {})):
        old.insert(
            "reconciliation_difference",
            id=_id(number),
            bill_date=AT.date(),
            kind="payment_amount",
            number=number,
            found_at=AT,
            **about,
        )
    for place, event in enumerate(OLD_EVENTS):
        old.event(place, *event)


FIGURES = {
    "balances": "select account, sum(amount_fen)::bigint from payments.entry group by account order by account",
    "bookings": "select kind, count(*), sum(abs(amount_fen))::bigint from payments.entry group by kind order by kind",
    "by merchant": "select merchant_id, sum(amount_fen)::bigint from payments.entry where amount_fen > 0 group by 1",
    "payments": "select id, status, amount_fen, transaction_id, paid_at from payments.payment order by id",
    "refunds": "select id, payment_id, number, status, amount_fen, trouble from payments.refund order by id",
    "events": "select seq, event_id, key, dead_at, set_aside_at from payments.outbox order by seq",
    "jobs": "select kind, ref from payments.job order by kind",
}
RULES = {name: query for name, query in ALWAYS.items() if "payments." in query and "trade." not in query}


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def _figures(url: str) -> dict[str, list[tuple[Any, ...]]]:
    return {name: _rows(url, query) for name, query in FIGURES.items()}


@pytest.fixture(scope="module")
def old_books(cluster: Cluster) -> str:
    """A database as the release before left it, to be copied."""
    name = "payments_by_order"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    migrate(cluster.dsn(name), [PAYMENTS], revision="payments_0011")
    with psycopg.connect(cluster.dsn(name)) as connection:
        _fill(_Old(connection))
    return name


@pytest.fixture
def old_url(cluster: Cluster, old_books: str) -> Iterator[str]:
    name = f"payments_{uuid4().hex}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name} template {old_books}".encode())
        yield cluster.dsn(name)
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
async def upgraded(old_url: str, tmp_path: Path, clock: MovableClock) -> AsyncIterator[Stage]:
    migrate(old_url, [PAYMENTS])
    async with open_stage(old_url, tmp_path, clock) as made:
        yield made


def test_nothing_is_lost_and_the_rules_hold(old_url: str) -> None:
    before = _figures(old_url)
    migrate(old_url, [PAYMENTS])
    assert _figures(old_url) == before
    assert len(RULES) >= 6
    assert {name: _rows(old_url, query) for name, query in RULES.items()} == {name: [] for name in RULES}
    shares = _rows(
        old_url, "select sum(amount_fen)::bigint, sum(refund_reserved_fen)::bigint from payments.payment_share"
    )
    assert shares == [(5 * PRICE, sum(REFUNDS.values()))]
    paid_in_full = _rows(
        old_url, "select count(*) from payments.payable where purpose = 'trade.order' and instalment = 1"
    )
    assert paid_in_full == [(5,)]
    named = "select number, purpose, subject_number from payments.reconciliation_difference order by number"
    assert _rows(old_url, named) == [("A", ORDER, "N-1"), ("B", ORDER, ""), ("C", None, None)]


def test_the_rules_would_see_a_share_that_is_missing(old_url: str) -> None:
    """Negative control: what holds afterwards does not hold by itself."""
    migrate(old_url, [PAYMENTS])
    with psycopg.connect(old_url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("delete from payments.payment_share where payment_id = %s", (_id("p-paid"),))
    assert [name for name, query in RULES.items() if _rows(old_url, query)]


async def test_events_that_wait_are_told_as_new_ones_are(upgraded: Stage) -> None:
    """Also those that were given up or set aside: a person may have them tried again."""
    assert upgraded.events() == [
        PaymentSucceeded(
            payment_id=_id("p-paid"), purpose=ORDER, subject_id=PAID, instalment=1, amount_fen=PRICE, paid_at=AT
        ),
        RefundSucceeded(refund_id=_id("succeeded"), purpose=ORDER, subject_id=PAID, amount_fen=300, succeeded_at=AT),
        RefundAbnormal(refund_id=_id("abnormal"), purpose=ORDER, subject_id=PAID, trouble="refused", reason="NO: none"),
    ]
    assert [event.key for event in upgraded.events()] == [str(PAID)] * 3
    waiting = upgraded.rows("select event_id, name, payload from payments.outbox order by seq")
    kept = "select event_id, name, payload from payments.event_archive where name like '%%.v2' order by seq"
    assert upgraded.rows(kept) == waiting
    assert upgraded.rows("select 1 from payments.event_archive where name like '%%.v1'") == []


async def test_what_was_under_way_goes_on(upgraded: Stage) -> None:
    stage = upgraded
    stage.order_id = PAID
    assert (await stage.payments.find_payment(payable=stage.payable)).amount_fen == PRICE
    left = PRICE - sum(REFUNDS.values())
    with pytest.raises(RefundTooLarge):
        await stage.refund(left + 1)
    await stage.refund(left)
    await stage.payments.retry_refund(request_id=_id("abnormal"))
    for order_id in (PAID, CLOSED, TWICE, NEVER):
        with pytest.raises(PaymentNotOpen):
            await stage.open("wechat_h5", payable=an_order(order_id))
    stage.order_id = PENDING
    assert (await stage.payments.resolve_payment(payable=stage.payable, close=False)).status is PaymentStatus.PENDING
    stage.advance(16 * 60)
    await stage.run()
    state = await stage.payments.resolve_payment(payable=stage.payable, close=True)
    assert state.status is PaymentStatus.CLOSED
    assert "close_other_payments" not in stage.jobs()
