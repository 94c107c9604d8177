"""When everything else failed: random days whose callbacks and jobs are lost, and the bills that still tell."""

import contextlib
import random
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.clock import SHANGHAI
from chengtuan.kernel.problems import PartnerUnavailable, Problem
from chengtuan.modules.payments.rules.bill_days import bill_day_of
from tests.modules.payments.bill_day import compare, move_to
from tests.modules.payments.stage import PRICE, Stage

ROUNDS = 8
ORDERS = 12
MISHAPS = [
    FaultKind.CALLBACK_LOST,
    FaultKind.CALLBACK_LOST,
    FaultKind.CALLBACK_DUPLICATED,
    FaultKind.CALLBACK_OUT_OF_ORDER,
    FaultKind.API_500,
    FaultKind.API_500_AFTER,
    FaultKind.PAY_LATE,
    FaultKind.REFUND_ABNORMAL,
    FaultKind.REFUND_CLOSED,
    FaultKind.REFUND_DELAYED,
    FaultKind.REFUND_NOTICE_FIRST,
]


async def _live(stage: Stage, dice: random.Random) -> None:
    """A day and a half of shopping around a midnight, with something going wrong half of the time."""
    move_to(stage, 2026, 6, 1, 20)
    for _ in range(ORDERS):
        stage.order_id = uuid4()
        if dice.random() < 0.6:
            stage.arm(dice.choice(MISHAPS), seconds=dice.choice([5.0, 600.0, 90_000.0]))
        with contextlib.suppress(PartnerUnavailable):
            await stage.open()
            await stage.press_pay()
        if dice.random() < 0.5:
            with contextlib.suppress(Problem):
                await stage.refund(dice.choice([500, PRICE]))
        if dice.random() < 0.4:  # whoever should have asked has died
            stage.rows("delete from payments.job where kind <> 'plan_reconciliations'")
        if dice.random() < 0.7:
            await stage.run()
        stage.advance(dice.choice([1, 60, 1200, 4 * 3600]))
    stage.sandbox.faults.clear()
    await stage.sandbox.deliver_due()
    stage.rows("delete from payments.job where kind <> 'plan_reconciliations'")


def _untold(stage: Stage) -> set[str]:
    """Money that the provider has and that we do not know of."""
    there = stage.sandbox.store.all("SELECT out_trade_no FROM trade WHERE state IN ('SUCCESS', 'REFUND')")
    here = stage.rows("select out_trade_no from payments.payment where status = 'paid'")
    return {row["out_trade_no"] for row in there} - {row["out_trade_no"] for row in here}


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_the_bills_alone_bring_the_books_up_to_date(stage: Stage, seed: int) -> None:
    await _live(stage, random.Random(seed))
    last = bill_day_of(stage.clock.now())
    stage.clock.move_to(datetime.combine(last + timedelta(days=1), datetime.min.time(), SHANGHAI).replace(hour=11))
    day, found = date(2026, 6, 1), []
    while day <= last:
        answer = await compare(stage, day)
        found += answer["differences"]
        assert (answer["status"], answer["open_differences"]) == ("clean", 0), answer
        assert (answer["payments_here"], answer["refunds_here"]) == (answer["payments_there"], answer["refunds_there"])
        day += timedelta(days=1)
    assert {one["resolution"] for one in found} <= {"repaired"}
    assert _untold(stage) == set()
    assert sum(stage.balances().values()) == 0
    taken = stage.sandbox.store.one("SELECT sum(amount_fen) AS fen FROM trade WHERE transaction_id IS NOT NULL")
    returned = stage.row(
        "select coalesce(sum(amount_fen), 0)::bigint as fen from payments.refund where status='succeeded'"
    )
    assert taken is not None
    assert stage.balances().get("provider_clearing", 0) == (taken["fen"] or 0) - returned["fen"]


async def test_without_the_bills_money_stays_unknown(stage: Stage) -> None:
    """Negative control: those days do lose callbacks and jobs for good."""
    lost = 0
    for seed in range(3):
        await _live(stage, random.Random(seed))
        lost = max(lost, len(_untold(stage)))
    assert lost > 0
