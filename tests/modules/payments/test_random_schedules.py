"""Whatever happens, in whatever order: in the end our books say what the provider's books say, to the fen."""

import contextlib
import random
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.problems import Problem
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundSucceeded
from tests.modules.payments.stage import PRICE, Crash, Stage

CHANNELS = ("wechat_h5", "wechat_jsapi")
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
    """One order's random life."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.log: list[str] = []

    async def live(self) -> None:
        self.stage.order_id = uuid4()
        steps = [self.open, self.open, self.pay, self.pay, self.ask, self.close, self.refund, self.fault]
        steps += [self.wait, self.wait, self.crash]
        for _ in range(self.chance.randint(6, 18)):
            step = self.chance.choice(steps)
            self.log.append(step.__name__)
            with contextlib.suppress(Problem, Crash):
                await step()
            self.stage.wire.after = None

    async def open(self) -> None:
        await self.stage.open(self.chance.choice(CHANNELS))

    async def pay(self) -> None:
        rows = self.stage.rows("select out_trade_no from payments.payment where order_id = %s", self.stage.order_id)
        if rows:
            number = self.chance.choice(rows)["out_trade_no"]
            await self.stage.desk.post("/desk/api/pay", json={"out_trade_no": number})
            if self.chance.random() < 0.7:
                await self.stage.sandbox.deliver_due()

    async def ask(self) -> None:
        await self.stage.payments.resolve_payment(order_id=self.stage.order_id, close=False)

    async def close(self) -> None:
        await self.stage.payments.resolve_payment(order_id=self.stage.order_id, close=True)
        left = self.stage.rows(
            "select 1 from payments.payment where order_id = %s and status = 'pending'", self.stage.order_id
        )
        assert left == [], "after a close nothing is pending"

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


async def _recover(stage: Stage) -> None:
    """The faults end; a day and some hours pass."""
    stage.sandbox.faults.clear()
    for seconds in (5, 30, 60, 120, 600, 900, *[3600] * 30):
        stage.advance(seconds)
        await stage.run()


def _compare(stage: Stage) -> None:
    trades = {row["out_trade_no"]: row for row in stage.sandbox.store.all("SELECT * FROM trade")}
    ours = stage.rows("select * from payments.payment")
    assert set(trades) <= {payment["out_trade_no"] for payment in ours}
    for payment in ours:
        trade = trades.get(payment["out_trade_no"])
        got_money = trade is not None and trade["state"] in ("SUCCESS", "REFUND")
        assert payment["status"] == ("paid" if got_money else "closed"), (payment, trade)
    theirs = {row["out_refund_no"]: row for row in stage.sandbox.store.all("SELECT * FROM refund")}
    refunds = stage.rows("select * from payments.refund")
    for refund in refunds:
        number = refund["number"] if refund["sequence"] == 1 else f"{refund['number']}@{refund['sequence']}"
        expected = {"SUCCESS": "succeeded", "ABNORMAL": "abnormal"}[theirs[number]["status"]]
        assert refund["status"] == expected
    income = sum(trade["amount_fen"] for trade in trades.values() if trade["transaction_id"])
    returned = sum(row["amount_fen"] for row in theirs.values() if row["status"] == "SUCCESS")
    assert stage.balances().get("provider_clearing", 0) == income - returned
    stuck = sum(refund["amount_fen"] for refund in refunds if refund["status"] == "abnormal")
    assert stage.balances().get("refunds_in_transit", 0) == -stuck
    _compare_events(stage, ours, refunds)


def _compare_events(stage: Stage, payments: list[dict[str, object]], refunds: list[dict[str, object]]) -> None:
    events = stage.events()
    paid = Counter(event.payment_id for event in events if isinstance(event, PaymentSucceeded))
    assert paid == Counter(payment["id"] for payment in payments if payment["status"] == "paid")
    back = Counter(event.refund_id for event in events if isinstance(event, RefundSucceeded))
    assert back == Counter(refund["id"] for refund in refunds if refund["status"] == "succeeded")


async def _run(stage: Stage, seeds: range) -> None:
    for seed in seeds:
        schedule = Schedule(stage, seed)
        try:
            await schedule.live()
        except BaseException as error:
            error.add_note(f"seed {seed}: {' '.join(schedule.log)}")
            raise
    await _recover(stage)
    _compare(stage)
    assert stage.jobs() == ["follow_refund"] * len(
        stage.rows("select 1 from payments.refund where status = 'abnormal'")
    )


@pytest.mark.parametrize("block", range(4))
async def test_some_random_schedules(stage: Stage, block: int) -> None:
    await _run(stage, range(block * 10, block * 10 + 10))


@pytest.mark.proof
@pytest.mark.parametrize("block", range(20))
async def test_a_thousand_schedules(stage: Stage, block: int) -> None:
    await _run(stage, range(1000 + block * 50, 1000 + block * 50 + 50))
