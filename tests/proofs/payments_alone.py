"""The payments module by itself: whatever happens, in whatever order, its books end as the provider's."""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.problems import Problem
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundSucceeded
from chengtuan.modules.payments.rules.refund import Refund, out_refund_no_of
from tests.modules.payments.stage import PRICE, Crash, Stage, open_stage
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result
from tests.support.world import environment

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
SCHEDULES = 10
"""Orders of a round; they live one after the other and recover together."""
CHANNELS = ("wechat_h5", "wechat_jsapi")
PAYMENTS_OF = (
    "select p.out_trade_no from payments.payment p join payments.payable y on y.id = p.payable_id"
    " where y.subject_id = %s"
)
FAULTS = (
    FaultKind.CALLBACK_LOST,
    FaultKind.CALLBACK_DUPLICATED,
    FaultKind.CALLBACK_DELAYED,
    FaultKind.CALLBACK_OUT_OF_ORDER,
    FaultKind.CALLBACK_BAD_SIGNATURE,
    FaultKind.CALLBACK_OLD_TIMESTAMP,
    FaultKind.CALLBACK_PROBE,
    FaultKind.CALLBACK_WRONG_AMOUNT,
    FaultKind.CALLBACK_WRONG_MCHID,
    FaultKind.API_500_AFTER,
    FaultKind.API_BAD_SIGNATURE,
    FaultKind.API_FREQUENCY_LIMITED,
    FaultKind.PAY_REFUSED,
    FaultKind.PAY_LATE,
    FaultKind.REFUND_ABNORMAL,
    FaultKind.REFUND_CLOSED,
    FaultKind.REFUND_DELAYED,
    FaultKind.REFUND_NOTICE_FIRST,
)


class Schedule:
    """One order's random life: opened, paid, asked about, closed and refunded through the module's facade."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self.stage = stage
        self.chance = chance
        self.violations: list[str] = []

    async def live(self) -> None:
        self.stage.order_id = uuid4()
        steps = [self.open, self.open, self.pay, self.pay, self.ask, self.close, self.refund, self.fault]
        steps += [self.wait, self.wait, self.crash]
        for _ in range(self.chance.randint(6, 18)):
            with contextlib.suppress(Problem, Crash):
                await self.chance.choice(steps)()
            self.stage.wire.after = None

    async def open(self) -> None:
        await self.stage.open(self.chance.choice(CHANNELS))

    async def pay(self) -> None:
        rows = self.stage.rows(PAYMENTS_OF, self.stage.order_id)
        if rows:
            number = self.chance.choice(rows)["out_trade_no"]
            await self.stage.desk.post("/desk/api/pay", json={"out_trade_no": number})
            if self.chance.random() < 0.7:
                await self.stage.sandbox.deliver_due()

    async def ask(self) -> None:
        await self.stage.payments.resolve_payment(payable=self.stage.payable, close=False)

    async def close(self) -> None:
        await self.stage.payments.resolve_payment(payable=self.stage.payable, close=True)
        left = self.stage.rows(PAYMENTS_OF + " and p.status = 'pending'", self.stage.order_id)
        if left:
            self.violations.append("after a close a payment is pending")

    async def refund(self) -> None:
        await self.stage.refund(self.chance.choice([PRICE, PRICE // 2, 1, 500]))

    async def fault(self) -> None:
        self.stage.arm(self.chance.choice(FAULTS), seconds=self.chance.choice([1.0, 20.0, 300.0]))

    async def wait(self) -> None:
        self.stage.advance(self.chance.choice([0, 1, 5, 30, 120, 900]))
        await self.stage.run()

    async def crash(self) -> None:
        async def die(_: httpx.Request) -> None:
            raise Crash

        self.stage.wire.after = die
        await self.chance.choice([self.open, self.ask, self.close, self.wait])()


async def play(ground: Ground, seed: int) -> Result:
    url, folder = ground.fresh_database(), ground.fresh_folder()
    environment(url, folder)  # brings the keys along, which take a while to make
    chance = random.Random(seed)
    violations: list[str] = []
    async with open_stage(url, folder, MovableClock(NOON)) as stage:
        for _ in range(SCHEDULES):
            schedule = Schedule(stage, chance)
            await schedule.live()
            violations += schedule.violations
        await _recover(stage)
        violations += _differences(stage)
        return Result(_figures(stage), violations=violations)


async def _recover(stage: Stage) -> None:
    """The faults end; a day and some hours pass."""
    stage.sandbox.faults.clear()
    for seconds in (5, 30, 60, 120, 600, 900, *[3600] * 30):
        stage.advance(seconds)
        await stage.run()


def _figures(stage: Stage) -> Counter[str]:
    [counts] = stage.rows(
        "select (select count(*) from payments.payment) as payments,"
        " (select count(*) from payments.payment where status = 'paid') as paid,"
        " (select count(*) from payments.refund where status = 'succeeded') as refunded"
    )
    names = {"payments": "payments opened", "paid": "payments made", "refunded": "refunds made"}
    return Counter({"schedules": SCHEDULES} | {name: counts[column] for column, name in names.items()})


def _differences(stage: Stage) -> list[str]:
    payments = stage.rows("select * from payments.payment")
    refunds = stage.rows("select * from payments.refund")
    trades = {row["out_trade_no"]: row for row in stage.sandbox.store.all("SELECT * FROM trade")}
    theirs = {row["out_refund_no"]: row for row in stage.sandbox.store.all("SELECT * FROM refund")}
    return [
        *_payments(payments, trades),
        *_refunds(refunds, theirs),
        *_books(stage, refunds, trades, theirs),
        *_events(stage, payments, refunds),
    ]


def _payments(ours: list[dict[str, Any]], trades: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield from (f"{n} is a payment there and none here" for n in trades.keys() - {p["out_trade_no"] for p in ours})
    for payment in ours:
        trade = trades.get(payment["out_trade_no"])
        got_money = trade is not None and trade["state"] in ("SUCCESS", "REFUND")
        if payment["status"] != ("paid" if got_money else "closed"):
            yield f"payment {payment['out_trade_no']} is {payment['status']} here and {trade} there"


def _refunds(ours: list[dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> Iterator[str]:
    numbers = {out_refund_no_of(refund["number"], n) for refund in ours for n in range(1, refund["sequence"] + 1)}
    yield from (f"a refund there that nobody asked for: {number}" for number in theirs.keys() - numbers)
    for refund in ours:
        at_provider = theirs.get(out_refund_no_of(refund["number"], refund["sequence"]), {}).get("status")
        if refund["status"] != {"SUCCESS": "succeeded", "ABNORMAL": "abnormal"}.get(str(at_provider)):
            yield f"refund {refund['number']} is {refund['status']} here and {at_provider} there"


def _books(
    stage: Stage,
    refunds: list[dict[str, Any]],
    trades: dict[str, dict[str, Any]],
    theirs: dict[str, dict[str, Any]],
) -> Iterator[str]:
    income = sum(trade["amount_fen"] for trade in trades.values() if trade["transaction_id"])
    returned = sum(row["amount_fen"] for row in theirs.values() if row["status"] == "SUCCESS")
    stuck = sum(refund["amount_fen"] for refund in refunds if refund["status"] == "abnormal")
    balances = stage.balances()
    for account, expected in (("provider_clearing", income - returned), ("refunds_in_transit", -stuck)):
        if balances.get(account, 0) != expected:
            yield f"{account} should be {expected} fen and is {balances.get(account, 0)}"


def _events(stage: Stage, payments: list[dict[str, Any]], refunds: list[dict[str, Any]]) -> Iterator[str]:
    events = stage.events()
    paid = Counter(event.payment_id for event in events if isinstance(event, PaymentSucceeded))
    if paid != Counter(payment["id"] for payment in payments if payment["status"] == "paid"):
        yield "not every payment was announced once"
    back = Counter(event.refund_id for event in events if isinstance(event, RefundSucceeded))
    if back != Counter(refund["id"] for refund in refunds if refund["status"] == "succeeded"):
        yield "not every refund was announced once"
    followed = len([refund for refund in refunds if refund["status"] == "abnormal"])
    if stage.jobs().count("follow_refund") != followed:
        yield f"{followed} refunds are abnormal, and not all of them are looked after"


@contextlib.contextmanager
def _new_number_each_time(_: Ground) -> Iterator[None]:
    """A refund asked for again is another refund to the provider."""
    derived = Refund.out_refund_no
    Refund.out_refund_no = property(lambda self: out_refund_no_of(f"R{uuid4().hex}", 1))  # type: ignore[assignment]
    try:
        yield
    finally:
        Refund.out_refund_no = derived  # type: ignore[method-assign]


PROOF = Proof(
    slug="payments",
    claim=(
        "An order that is opened, paid, asked about, closed and refunded at random, through two channels, with"
        " answers and callbacks that go wrong and a process that dies after what it asked for, ends with the same"
        " payments, refunds and fen in our books as in the provider's, each announced once."
    ),
    rule="3, 4",
    round=play,
    short=2,
    long=100,
    controls=[
        Control(
            name="random-numbers",
            removed="the derived number of a refund: a new one is made for each request",
            shows="a refund there that nobody asked for",
            without=_new_number_each_time,
        ),
    ],
)
