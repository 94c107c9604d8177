"""A day of our books beside the provider's bill: every planted difference is found and named, nothing else."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundSucceeded
from tests.modules.payments.stage import PRICE, Stage

DAY = date(2026, 6, 1)
URL = f"/api/v1/payments/console/reconciliations/{DAY}"


def _at(stage: Stage, *wall: int) -> None:
    """Move to a wall clock in China."""
    stage.clock.move_to(datetime(*wall, tzinfo=SHANGHAI))  # type: ignore[arg-type,misc]


async def _call(stage: Stage, method: str, url: str, token: str = "admin", **how: Any) -> httpx.Response:
    return await stage.shop.request(method, url, headers={"Authorization": f"Bearer {token}"}, **how)


async def _reconcile(stage: Stage) -> dict[str, Any]:
    answer = await _call(stage, "POST", URL)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _plant(stage: Stage, kind: str, **how: Any) -> None:
    answer = await stage.desk.post(f"/control/bills/{DAY}/differences", json={"kind": kind, **how})
    assert answer.status_code == 204, answer.text


def _open(day: dict[str, Any]) -> list[tuple[str, str, int | None, int | None]]:
    return sorted(
        (one["kind"], one["number"], one["ours_fen"], one["theirs_fen"])
        for one in day["differences"]
        if one["resolved_at"] is None
    )


class Sold:
    """Three orders paid on the day, of which the second was returned in part and the third in whole."""

    def __init__(self) -> None:
        self.orders: list[UUID] = []
        self.payments: list[str] = []
        self.refunds: list[str] = []


async def _sell(stage: Stage) -> Sold:
    _at(stage, 2026, 6, 1, 12)
    sold = Sold()
    for _ in range(3):
        stage.order_id = uuid4()
        await stage.paid()
        sold.orders.append(stage.order_id)
        sold.payments.append(stage.payment()["out_trade_no"])
    refunds = [await stage.refund(amount, order_id=o) for amount, o in zip((500, PRICE), sold.orders[1:], strict=True)]
    await stage.run()
    stage.advance(2)
    await stage.run()
    sold.refunds = [stage.refund_row(refund)["number"] for refund in refunds]
    _at(stage, 2026, 6, 2, 10, 30)
    return sold


async def test_a_clean_day_is_clean(stage: Stage) -> None:
    await _sell(stage)
    day = await _reconcile(stage)
    assert day == {
        "bill_date": "2026-06-01",
        "status": "clean",
        "payments_here": 3,
        "payments_there": 3,
        "paid_here_fen": 3 * PRICE,
        "paid_there_fen": 3 * PRICE,
        "refunds_here": 2,
        "refunds_there": 2,
        "refunded_here_fen": 500 + PRICE,
        "refunded_there_fen": 500 + PRICE,
        "fees_fen": 3 * 12 - 3 - 12,
        "open_differences": 0,
        "checked_at": "2026-06-02T02:30:00.000Z",
        "trouble": None,
        "differences": [],
    }


async def _every_kind(sold: Sold) -> list[tuple[dict[str, Any], tuple[str, str, int | None, int | None]]]:
    first, refund = sold.payments[0], sold.refunds[0]
    return [
        ({"kind": "drop_row", "number": first}, ("payment_missing_there", first, PRICE, None)),
        ({"kind": "foreign_payment", "number": "X1", "amount_fen": 7}, ("payment_missing_here", "X1", None, 7)),
        ({"kind": "change_amount", "number": first, "amount_fen": 1}, ("payment_amount", first, PRICE, 1)),
        ({"kind": "drop_row", "number": refund}, ("refund_missing_there", refund, 500, None)),
        ({"kind": "foreign_refund", "number": "X2", "amount_fen": 7}, ("refund_missing_here", "X2", None, 7)),
        ({"kind": "change_amount", "number": refund, "amount_fen": 1}, ("refund_amount", refund, 500, 1)),
        ({"kind": "change_refund_status", "number": refund, "status": "FAIL"}, ("refund_status", refund, 500, 500)),
        ({"kind": "duplicate_row", "number": first}, ("duplicate_row", first, None, PRICE)),
        ({"kind": "duplicate_row", "number": refund}, ("duplicate_row", refund, None, 500)),
        ({"kind": "wrong_totals", "amount_fen": 9}, ("totals_wrong", "paid_fen", 3 * PRICE, 3 * PRICE + 9)),
        ({"kind": "wrong_hash"}, ("bill_damaged", "", None, None)),
        ({"kind": "cut_off"}, ("bill_damaged", "", None, None)),
    ]


@pytest.mark.parametrize("case", range(12))
async def test_each_planted_difference_is_found_and_named_and_nothing_else(stage: Stage, case: int) -> None:
    sold = await _sell(stage)
    plant, expected = (await _every_kind(sold))[case]
    await _plant(stage, **plant)
    with capture_logs() as logs:
        day = await _reconcile(stage)
    assert _open(day) == [expected]
    assert day["status"] == ("failed" if expected[0] == "bill_damaged" else "differences")
    assert day["open_differences"] == 1
    assert [entry for entry in logs if entry.get("alert")], "somebody is told"
    number = expected[1]
    known = {sold.payments[0]: sold.orders[0], sold.refunds[0]: sold.orders[1]}
    if expected[0] not in ("duplicate_row", "totals_wrong", "bill_damaged") and number in known:
        (difference,) = day["differences"]
        assert (difference["order_id"], difference["order_number"]) == (str(known[number]), "2611220001")


async def test_all_differences_at_once(stage: Stage) -> None:
    sold = await _sell(stage)
    wanted = [(await _every_kind(sold))[case] for case in (1, 2, 3, 4, 9)]
    for plant, _ in wanted:
        await _plant(stage, **plant)
    day = await _reconcile(stage)
    found = [one for one in _open(day) if one[0] != "totals_wrong"]
    assert found == sorted(expected for _, expected in wanted if expected[0] != "totals_wrong")
    assert len(_open(day)) == len(wanted)


async def test_an_empty_bill_misses_everything(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "empty_bill")
    found = _open(await _reconcile(stage))
    assert sorted(number for _, number, _, _ in found) == sorted(sold.payments + sold.refunds)
    assert {kind for kind, _, _, _ in found} == {"payment_missing_there", "refund_missing_there"}


async def test_money_that_we_never_heard_of_is_settled_by_the_normal_path(stage: Stage) -> None:
    """Callback lost and nobody asked: the bill says so, the provider confirms, the order is told."""
    _at(stage, 2026, 6, 1, 12)
    await stage.open()
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.press_pay()
    stage.rows("delete from payments.job")
    assert stage.payment()["status"] == "pending"
    _at(stage, 2026, 6, 2, 10, 30)
    day = await _reconcile(stage)
    (difference,) = day["differences"]
    assert (difference["kind"], difference["resolution"]) == ("payment_pending_here", "repaired")
    assert (day["status"], day["payments_here"]) == ("clean", 1)
    assert stage.payment()["status"] == "paid"
    assert [type(event) for event in stage.events()] == [PaymentSucceeded]
    assert stage.balances() == {"provider_clearing": PRICE, "merchant_escrow": -PRICE}


async def test_a_bill_alone_makes_nobody_pay(stage: Stage) -> None:
    """The provider is asked; if it denies what its bill says, the difference stays open."""
    _at(stage, 2026, 6, 1, 12)
    await stage.open()
    number = stage.payment()["out_trade_no"]
    _at(stage, 2026, 6, 2, 10, 30)
    await _plant(stage, "foreign_payment", number=number, amount_fen=PRICE)
    assert _open(await _reconcile(stage)) == [("payment_pending_here", number, PRICE, PRICE)]
    assert stage.payment()["status"] == "pending"
    assert stage.balances() == {}


async def test_a_refund_whose_end_we_missed_is_settled(stage: Stage) -> None:
    _at(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    await stage.run()
    stage.rows("delete from payments.job")
    stage.advance(2)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "submitted"
    _at(stage, 2026, 6, 2, 10, 30)
    day = await _reconcile(stage)
    (difference,) = day["differences"]
    assert (difference["kind"], difference["resolution"]) == ("refund_status", "repaired")
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert isinstance(stage.events()[-1], RefundSucceeded)


async def test_a_refund_whose_acceptance_we_missed_is_settled(stage: Stage) -> None:
    async def die(request: httpx.Request) -> None:
        if request.url.path.endswith("/refunds"):
            raise httpx.ReadTimeout("the answer is lost")

    _at(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    stage.wire.after = die
    await stage.run()
    stage.wire.after = None
    stage.rows("delete from payments.job")
    _at(stage, 2026, 6, 2, 10, 30)
    await stage.sandbox.deliver_due()
    day = await _reconcile(stage)
    assert [(one["kind"], one["resolution"]) for one in day["differences"]] == [("refund_pending_here", "repaired")]
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert (day["status"], day["refunds_here"], day["refunds_there"]) == ("clean", 1, 1)


async def test_twice_is_once(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "drop_row", number=sold.payments[0])
    first = await _reconcile(stage)
    again = await asyncio.gather(*(_reconcile(stage) for _ in range(4)))
    assert [day["differences"] for day in again] == [first["differences"]] * 4


async def test_a_difference_that_is_gone_is_repaired_and_one_that_returns_is_open(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "drop_row", number=sold.payments[0])
    (found,) = (await _reconcile(stage))["differences"]
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    day = await _reconcile(stage)
    assert (day["status"], day["open_differences"]) == ("clean", 0)
    assert [(one["id"], one["resolution"]) for one in day["differences"]] == [(found["id"], "repaired")]
    await _plant(stage, "drop_row", number=sold.payments[0])
    day = await _reconcile(stage)
    assert [(one["id"], one["resolution"]) for one in day["differences"]] == [(found["id"], None)]


async def test_a_damaged_bill_is_fetched_again(stage: Stage) -> None:
    await _sell(stage)
    await _plant(stage, "wrong_hash")
    day = await _reconcile(stage)
    assert "announced" in day["trouble"]
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    day = await _reconcile(stage)
    assert (day["status"], day["trouble"]) == ("clean", None)
    assert [one["resolution"] for one in day["differences"]] == ["repaired"]


async def _explain(stage: Stage, difference_id: object, token: str = "admin", note: str = "by hand") -> httpx.Response:
    url = f"/api/v1/payments/console/differences/{difference_id}/explain"
    return await _call(stage, "POST", url, token, json={"note": note})


async def test_a_person_explains_a_difference(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "foreign_refund", number="BYHAND", amount_fen=7)
    (found,) = (await _reconcile(stage))["differences"]
    answer = await _explain(stage, found["id"], note="  returned at the merchant platform  ")
    assert (answer.status_code, answer.json()["resolution"]) == (200, "explained")
    assert answer.json()["note"] == "returned at the merchant platform"
    day = await _reconcile(stage)
    assert (day["status"], day["open_differences"]) == ("clean", 0)
    assert day["differences"][0]["note"] == "returned at the merchant platform"
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await _plant(stage, "foreign_refund", number="BYHAND", amount_fen=8)
    assert _open(await _reconcile(stage)) == [("refund_missing_here", "BYHAND", None, 8)], "another amount is news"
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await _reconcile(stage)
    answer = await _explain(stage, found["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "payments/difference-repaired")
    answer = await _explain(stage, uuid4())
    assert (answer.status_code, answer.json()["code"]) == (404, "payments/difference-not-found")
    for note in ("", "   ", "x" * 1001):
        assert (await _explain(stage, found["id"], note=note)).status_code == 422
    assert sold.refunds


@pytest.mark.parametrize(("token", "status"), [("merchant", 403), ("nobody", 401)])
async def test_only_the_platforms_staff_reconcile(stage: Stage, token: str, status: int) -> None:
    await _sell(stage)
    days = "/api/v1/payments/console/reconciliations"
    asked = [("GET", days), ("GET", f"{days}/{DAY}"), ("POST", f"{days}/{DAY}")]
    assert [(await _call(stage, *one, token)).status_code for one in asked] == [status] * 3
    assert (await _explain(stage, uuid4(), token)).status_code == status
    assert stage.rows("select 1 from payments.reconciliation") == []


async def test_days_that_cannot_be_reconciled(stage: Stage) -> None:
    _at(stage, 2026, 6, 1, 12)
    answer = await _call(stage, "POST", URL)
    assert (answer.status_code, answer.json()["code"]) == (409, "payments/bill-day-not-over")
    answer = await _call(stage, "GET", URL)
    assert (answer.status_code, answer.json()["code"]) == (404, "payments/reconciliation-not-found")
    assert (await _call(stage, "GET", URL.replace("06-01", "13-01"))).status_code == 422
    _at(stage, 2027, 6, 1, 12)
    day = await _reconcile(stage)
    assert (day["status"], day["trouble"]) == ("failed", "TOO_OLD (400): the provider keeps bills for three months")
    assert stage.wire.count("/v3/bill/tradebill") == 0


async def test_a_day_without_business_needs_no_bill(stage: Stage) -> None:
    _at(stage, 2026, 6, 2, 10, 30)
    day = await _reconcile(stage)
    assert (day["status"], day["payments_there"]) == ("clean", 0)


async def test_a_bill_that_is_not_there_yet(stage: Stage) -> None:
    await _sell(stage)
    _at(stage, 2026, 6, 2, 9, 30)
    day = await _reconcile(stage)
    assert (day["status"], day["differences"]) == ("waiting", [])
    assert "STATEMENT_CREATING" in day["trouble"]
    _at(stage, 2026, 6, 2, 10, 30)
    assert (await _reconcile(stage))["status"] == "clean"
    stage.arm(FaultKind.API_500, times=3)
    day = await _reconcile(stage)
    assert (day["status"], day["payments_here"]) == ("clean", 3), "what was compared stays"
    assert day["trouble"]


async def test_the_last_second_of_a_day_is_on_the_right_side(stage: Stage) -> None:
    """The provider's time decides, not when we heard of it."""
    _at(stage, 2026, 6, 1, 23, 59, 59)
    await stage.open()
    stage.arm(FaultKind.CALLBACK_DELAYED, seconds=120)
    await stage.press_pay()
    await stage.open(order_id=(second := uuid4()))
    stage.advance(1)
    await stage.press_pay(order_id=second)
    stage.advance(120)
    await stage.sandbox.deliver_due()
    assert [row["status"] for row in stage.rows("select status from payments.payment")] == ["paid", "paid"]
    _at(stage, 2026, 6, 3, 10, 30)
    assert (await _reconcile(stage))["status"] == "clean"
    following = (await _call(stage, "POST", URL.replace("06-01", "06-02"))).json()
    assert (following["status"], following["payments_here"], following["differences"]) == ("clean", 1, [])


async def test_a_refund_counts_on_the_day_of_its_acceptance(stage: Stage) -> None:
    """Accepted before midnight, heard of and done after it: the notice overtakes the answer and tells no time."""
    _at(stage, 2026, 6, 1, 23, 59, 59)
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
    _at(stage, 2026, 6, 3, 10, 30)
    day = await _reconcile(stage)
    assert (day["status"], day["refunds_here"], day["refunds_there"], day["differences"]) == ("clean", 1, 1, [])
    following = (await _call(stage, "POST", URL.replace("06-01", "06-02"))).json()
    assert (following["status"], following["differences"]) == ("clean", [])


async def test_a_closed_request_and_its_successor_are_both_in_the_bill(stage: Stage) -> None:
    _at(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    await stage.refund()
    for seconds in (2, 3600, 2, 2):
        await stage.run()
        stage.advance(seconds)
    _at(stage, 2026, 6, 2, 10, 30)
    day = await _reconcile(stage)
    assert (day["status"], day["refunds_here"], day["refunds_there"], day["differences"]) == ("clean", 2, 2, [])


async def test_a_refund_still_under_way_or_abnormal_is_no_difference(stage: Stage) -> None:
    _at(stage, 2026, 6, 1, 12)
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
    _at(stage, 2026, 6, 2, 10, 30)
    day = await _reconcile(stage)
    assert (day["status"], day["refunds_there"], day["differences"]) == ("clean", 2, [])


async def _jobs_until(stage: Stage, *wall: int) -> None:
    _at(stage, *wall)
    await stage.composition.running["payments"].jobs.prepare()
    stage.rows("update payments.job set due_at = %s where kind = 'plan_reconciliations'", stage.clock.now())
    await stage.run()


def _days(stage: Stage) -> dict[str, str]:
    found = stage.rows("select bill_date, status from payments.reconciliation order by bill_date")
    return {row["bill_date"].isoformat(): row["status"] for row in found}


async def test_every_morning_by_itself(stage: Stage) -> None:
    await _sell(stage)
    await _jobs_until(stage, 2026, 6, 2, 10, 29)
    assert _days(stage) == {}
    await _jobs_until(stage, 2026, 6, 2, 10, 30)
    assert _days(stage) == {"2026-06-01": "clean"}
    await _jobs_until(stage, 2026, 6, 3, 10, 30)
    assert _days(stage) == {"2026-06-01": "clean", "2026-06-02": "clean"}
    assert stage.wire.count("/v3/bill/tradebill") == 2, "a clean day is not fetched again"


async def test_days_that_were_missed_are_caught_up(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "drop_row", number=sold.payments[0])
    await _jobs_until(stage, 2026, 6, 11, 12)
    assert _days(stage) == {"2026-06-01": "differences"} | {f"2026-06-{day:02}": "clean" for day in range(2, 11)}


async def test_after_a_year_the_lost_days_are_named(stage: Stage) -> None:
    await _sell(stage)
    await _jobs_until(stage, 2026, 9, 5, 12)
    found = _days(stage)
    assert [found["2026-06-06"], found["2026-06-07"]] == ["failed", "clean"]
    assert len(found) == 96


async def test_open_differences_are_looked_at_again_the_next_day(stage: Stage) -> None:
    sold = await _sell(stage)
    await _plant(stage, "drop_row", number=sold.payments[0])
    await _jobs_until(stage, 2026, 6, 2, 10, 30)
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await _jobs_until(stage, 2026, 6, 2, 23)
    assert _days(stage) == {"2026-06-01": "differences"}
    await _jobs_until(stage, 2026, 6, 3, 10, 30)
    assert _days(stage)["2026-06-01"] == "clean"


async def test_pages_of_days(stage: Stage) -> None:
    await _sell(stage)
    await _jobs_until(stage, 2026, 6, 5, 12)
    days, cursor = [], ""
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await _call(stage, "GET", "/api/v1/payments/console/reconciliations", params=params)).json()
        days += [one["bill_date"] for one in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    assert days == ["2026-06-04", "2026-06-03", "2026-06-02", "2026-06-01"]


async def test_a_comparison_that_looks_away_finds_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the tests above see what the comparison sees."""
    sold = await _sell(stage)
    await _plant(stage, "drop_row", number=sold.payments[0])
    module = "chengtuan.modules.payments.domain.reconciliation"
    monkeypatch.setattr(f"{module}._missing_there", lambda books, numbers: [])
    assert (await _reconcile(stage))["status"] == "clean"
