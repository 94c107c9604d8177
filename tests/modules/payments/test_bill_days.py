"""Which day things belong to, and the job that looks at each day until nothing is open."""

from datetime import timedelta
from uuid import uuid4

import httpx

from chengtuan.gateways.sandbox import FaultKind
from tests.modules.payments.bill_day import DAY, call, compare, move_to, plant, reconcile, sell
from tests.modules.payments.stage import Stage, an_order


async def test_the_last_second_of_a_day_is_on_the_right_side(stage: Stage) -> None:
    """The provider's time decides, not when we heard of it."""
    move_to(stage, 2026, 6, 1, 23, 59, 59)
    await stage.open()
    stage.arm(FaultKind.CALLBACK_DELAYED, seconds=120)
    await stage.press_pay()
    await stage.open(payable=an_order(second := uuid4()))
    stage.advance(1)
    await stage.press_pay(order_id=second)
    stage.advance(120)
    await stage.sandbox.deliver_due()
    assert [row["status"] for row in stage.rows("select status from payments.payment")] == ["paid", "paid"]
    move_to(stage, 2026, 6, 3, 10, 30)
    assert (await reconcile(stage))["status"] == "clean"
    following = await compare(stage, DAY + timedelta(days=1))
    assert (following["status"], following["payments_here"], following["differences"]) == ("clean", 1, [])


async def test_a_refund_counts_on_the_day_of_its_acceptance(stage: Stage) -> None:
    """Accepted before midnight, heard of and done after it: the notice overtakes the answer and tells no time."""
    move_to(stage, 2026, 6, 1, 23, 59, 59)
    await stage.paid()
    stage.arm(FaultKind.REFUND_NOTICE_FIRST)

    async def midnight(request: httpx.Request) -> None:
        if request.url.path.endswith("/refunds"):
            raise httpx.ReadTimeout("the answer is lost")

    stage.wire.after = midnight
    await stage.refund()
    await stage.run()
    stage.wire.after = None
    stage.rows("update payments.refund_request set accepted_at = accepted_at + interval '1 minute'")
    assert stage.row("select told from payments.refund_request")["told"] is False
    move_to(stage, 2026, 6, 3, 10, 30)
    day = await reconcile(stage)
    assert (day["status"], day["refunds_here"], day["refunds_there"], day["differences"]) == ("clean", 1, 1, [])
    following = await compare(stage, DAY + timedelta(days=1))
    assert (following["status"], following["differences"]) == ("clean", [])


async def test_a_closed_request_and_its_successor_are_both_in_the_bill(stage: Stage) -> None:
    move_to(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    await stage.refund()
    for seconds in (2, 3600, 2, 2):
        await stage.run()
        stage.advance(seconds)
    move_to(stage, 2026, 6, 2, 10, 30)
    day = await reconcile(stage)
    assert (day["status"], day["refunds_here"], day["refunds_there"], day["differences"]) == ("clean", 2, 2, [])


async def test_a_refund_still_under_way_or_abnormal_is_no_difference(stage: Stage) -> None:
    move_to(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.REFUND_DELAYED, seconds=5 * 24 * 3600)
    await stage.refund()
    stage.order_id = uuid4()
    await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    await stage.refund()
    await stage.run()
    stage.advance(10)
    await stage.run()
    move_to(stage, 2026, 6, 2, 10, 30)
    day = await reconcile(stage)
    assert (day["status"], day["refunds_there"], day["differences"]) == ("clean", 2, [])


async def _jobs_until(stage: Stage, *wall: int) -> None:
    move_to(stage, *wall)
    await stage.composition.running["payments"].jobs.prepare()
    stage.rows("update payments.job set due_at = %s where kind = 'plan_reconciliations'", stage.clock.now())
    await stage.run()


def _days(stage: Stage) -> dict[str, str]:
    found = stage.rows("select bill_date, status from payments.reconciliation order by bill_date")
    return {row["bill_date"].isoformat(): row["status"] for row in found}


async def test_every_morning_by_itself(stage: Stage) -> None:
    await sell(stage)
    await _jobs_until(stage, 2026, 6, 2, 10, 29)
    assert _days(stage) == {}
    await _jobs_until(stage, 2026, 6, 2, 10, 30)
    assert _days(stage) == {"2026-06-01": "clean"}
    await _jobs_until(stage, 2026, 6, 3, 10, 30)
    assert _days(stage) == {"2026-06-01": "clean", "2026-06-02": "clean"}
    assert stage.wire.count("/v3/bill/tradebill") == 2, "a clean day is not fetched again"


async def test_days_that_were_missed_are_caught_up(stage: Stage) -> None:
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[0])
    await _jobs_until(stage, 2026, 6, 11, 12)
    assert _days(stage) == {"2026-06-01": "differences"} | {f"2026-06-{day:02}": "clean" for day in range(2, 11)}
    still_open = stage.rows("select number from payments.reconciliation_difference where resolved_at is null")
    assert [row["number"] for row in still_open] == [sold.payments[0]], "a clean day repairs nothing of another"


async def test_after_a_year_the_lost_days_are_named(stage: Stage) -> None:
    await sell(stage)
    await _jobs_until(stage, 2026, 9, 5, 12)
    found = _days(stage)
    assert [found["2026-06-06"], found["2026-06-07"]] == ["failed", "clean"]
    assert len(found) == 96


async def test_open_differences_are_looked_at_again_the_next_day(stage: Stage) -> None:
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[0])
    await _jobs_until(stage, 2026, 6, 2, 10, 30)
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await _jobs_until(stage, 2026, 6, 2, 23)
    assert _days(stage) == {"2026-06-01": "differences"}
    await _jobs_until(stage, 2026, 6, 3, 10, 30)
    assert _days(stage)["2026-06-01"] == "clean"


async def test_pages_of_days(stage: Stage) -> None:
    await sell(stage)
    await _jobs_until(stage, 2026, 6, 5, 12)
    days, cursor = [], ""
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await call(stage, "GET", "/api/v1/payments/console/reconciliations", params=params)).json()
        days += [one["bill_date"] for one in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    assert days == ["2026-06-04", "2026-06-03", "2026-06-02", "2026-06-01"]
