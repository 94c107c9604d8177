"""A day of our books beside the provider's bill: every planted difference is found and named, nothing else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.sandbox.bill_file import FileRow, bill_file
from chengtuan.kernel.pagination import encode_cursor
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundSucceeded
from tests.modules.payments.bill_day import (
    DAY,
    URL,
    Sold,
    call,
    differences_of,
    move_to,
    open_differences,
    plant,
    reconcile,
    sell,
)
from tests.modules.payments.stage import MERCHANT, PRICE, Stage


async def test_a_clean_day_is_clean(stage: Stage) -> None:
    await sell(stage)
    day = await reconcile(stage)
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
@pytest.mark.feature("X10")
async def test_each_planted_difference_is_found_and_named_and_nothing_else(stage: Stage, case: int) -> None:
    sold = await sell(stage)
    fault, expected = (await _every_kind(sold))[case]
    await plant(stage, **fault)
    with capture_logs() as logs:
        day = await reconcile(stage)
    assert open_differences(day) == [expected]
    assert day["status"] == ("failed" if expected[0] == "bill_damaged" else "differences")
    assert day["open_differences"] == 1
    assert [entry for entry in logs if entry.get("alert")], "somebody is told"
    number = expected[1]
    known = {sold.payments[0]: sold.orders[0], sold.refunds[0]: sold.orders[1]}
    if expected[0] not in ("duplicate_row", "totals_wrong", "bill_damaged") and number in known:
        (difference,) = day["differences"]
        assert (difference["subject_id"], difference["subject_number"]) == (str(known[number]), "2611220001")
        assert (difference["purpose"], difference["merchant_id"]) == ("trade.order", str(MERCHANT))


async def test_all_differences_at_once(stage: Stage) -> None:
    sold = await sell(stage)
    wanted = [(await _every_kind(sold))[case] for case in (1, 2, 3, 4, 9)]
    for fault, _ in wanted:
        await plant(stage, **fault)
    day = await reconcile(stage)
    found = [one for one in open_differences(day) if one[0] != "totals_wrong"]
    assert found == sorted(expected for _, expected in wanted if expected[0] != "totals_wrong")
    assert len(open_differences(day)) == len(wanted)


async def test_a_damaged_row_is_one_difference_and_the_others_are_compared(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three payments and two refunds one row cannot be read, and one payment is missing."""
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[1])
    written = bill_file

    def damaged(rows: list[FileRow], **how: Any) -> bytes:
        return written(rows, **how).replace(f"`{sold.payments[0]},".encode(), f"`{sold.payments[0]},`,".encode())

    monkeypatch.setattr("chengtuan.gateways.sandbox.bills.bill_file", damaged)
    day = await reconcile(stage)
    assert (day["status"], day["payments_there"]) == ("differences", 1)
    assert open_differences(day) == [
        ("payment_missing_there", sold.payments[1], PRICE, None),
        ("row_damaged", sold.payments[0], None, None),
    ]


async def test_an_empty_bill_misses_everything(stage: Stage) -> None:
    sold = await sell(stage)
    await plant(stage, "empty_bill")
    found = open_differences(await reconcile(stage))
    assert sorted(number for _, number, _, _ in found) == sorted(sold.payments + sold.refunds)
    assert {kind for kind, _, _, _ in found} == {"payment_missing_there", "refund_missing_there"}


async def test_money_that_we_never_heard_of_is_settled_by_the_normal_path(stage: Stage) -> None:
    """Callback lost and nobody asked: the bill says so, the provider confirms, the order is told."""
    move_to(stage, 2026, 6, 1, 12)
    await stage.open()
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.press_pay()
    stage.rows("delete from payments.job")
    assert stage.payment()["status"] == "pending"
    move_to(stage, 2026, 6, 2, 10, 30)
    day = await reconcile(stage)
    (difference,) = day["differences"]
    assert (difference["kind"], difference["resolution"]) == ("payment_pending_here", "repaired")
    assert (day["status"], day["payments_here"]) == ("clean", 1)
    assert stage.payment()["status"] == "paid"
    assert [type(event) for event in stage.events()] == [PaymentSucceeded]
    assert stage.balances() == {"provider_clearing": PRICE, "merchant_escrow": -PRICE}


async def test_a_bill_alone_makes_nobody_pay(stage: Stage) -> None:
    """The provider is asked; if it denies what its bill says, the difference stays open."""
    move_to(stage, 2026, 6, 1, 12)
    await stage.open()
    number = stage.payment()["out_trade_no"]
    move_to(stage, 2026, 6, 2, 10, 30)
    await plant(stage, "foreign_payment", number=number, amount_fen=PRICE)
    assert open_differences(await reconcile(stage)) == [("payment_pending_here", number, PRICE, PRICE)]
    assert stage.payment()["status"] == "pending"
    assert stage.balances() == {}


async def test_a_refund_whose_end_we_missed_is_settled(stage: Stage) -> None:
    move_to(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    await stage.run()
    stage.rows("delete from payments.job")
    stage.advance(2)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "submitted"
    move_to(stage, 2026, 6, 2, 10, 30)
    day = await reconcile(stage)
    (difference,) = day["differences"]
    assert (difference["kind"], difference["resolution"]) == ("refund_status", "repaired")
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert isinstance(stage.events()[-1], RefundSucceeded)


async def test_a_refund_whose_acceptance_we_missed_is_settled(stage: Stage) -> None:
    async def die(request: httpx.Request) -> None:
        if request.url.path.endswith("/refunds"):
            raise httpx.ReadTimeout("the answer is lost")

    move_to(stage, 2026, 6, 1, 12)
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    stage.wire.after = die
    await stage.run()
    stage.wire.after = None
    stage.rows("delete from payments.job")
    move_to(stage, 2026, 6, 2, 10, 30)
    await stage.sandbox.deliver_due()
    day = await reconcile(stage)
    assert [(one["kind"], one["resolution"]) for one in day["differences"]] == [("refund_pending_here", "repaired")]
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert (day["status"], day["refunds_here"], day["refunds_there"]) == ("clean", 1, 1)


async def test_differences_come_in_pages_open_ones_first(stage: Stage) -> None:
    sold = await sell(stage)
    for number in (*sold.payments, *sold.refunds):
        await plant(stage, "drop_row", number=number)
    await reconcile(stage)
    found = await differences_of(stage)
    assert (await _explain(stage, found[0]["id"])).status_code == 200
    for limit in (1, 2, 5, 50):
        listed = [one["id"] for one in await differences_of(stage, limit=limit)]
        assert listed == [one["id"] for one in (*found[1:], found[0])]
    bad = await call(stage, "GET", f"{URL}/differences?cursor={encode_cursor(2, 'x', 'y')}")
    assert (bad.status_code, bad.json()["code"]) == (422, "platform/bad-cursor")


async def test_twice_is_once(stage: Stage) -> None:
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[0])
    first = await reconcile(stage)
    again = await asyncio.gather(*(reconcile(stage) for _ in range(4)))
    assert [day["differences"] for day in again] == [first["differences"]] * 4


async def test_a_difference_that_is_gone_is_repaired_and_one_that_returns_is_open(stage: Stage) -> None:
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[0])
    (found,) = (await reconcile(stage))["differences"]
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    day = await reconcile(stage)
    assert (day["status"], day["open_differences"]) == ("clean", 0)
    assert [(one["id"], one["resolution"]) for one in day["differences"]] == [(found["id"], "repaired")]
    await plant(stage, "drop_row", number=sold.payments[0])
    day = await reconcile(stage)
    assert [(one["id"], one["resolution"]) for one in day["differences"]] == [(found["id"], None)]


async def test_a_damaged_bill_is_fetched_again(stage: Stage) -> None:
    await sell(stage)
    await plant(stage, "wrong_hash")
    day = await reconcile(stage)
    assert "announced" in day["trouble"]
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    day = await reconcile(stage)
    assert (day["status"], day["trouble"]) == ("clean", None)
    assert [one["resolution"] for one in day["differences"]] == ["repaired"]


async def _explain(stage: Stage, difference_id: object, token: str = "admin", note: str = "by hand") -> httpx.Response:
    url = f"/api/v1/payments/console/differences/{difference_id}/explain"
    return await call(stage, "POST", url, token, json={"note": note})


async def test_a_person_explains_a_difference(stage: Stage) -> None:
    await sell(stage)
    await plant(stage, "foreign_refund", number="BYHAND", amount_fen=7)
    (found,) = (await reconcile(stage))["differences"]
    answer = await _explain(stage, found["id"], note="  returned at the merchant platform  ")
    assert (answer.status_code, answer.json()["resolution"]) == (200, "explained")
    assert answer.json()["note"] == "returned at the merchant platform"
    kept = stage.row("select explained_by, resolved_at from payments.reconciliation_difference")
    assert kept["explained_by"] is not None
    stage.clock.advance(timedelta(minutes=1))
    await _explain(stage, found["id"], note="returned at the merchant platform")
    assert stage.row("select explained_by, resolved_at from payments.reconciliation_difference") == kept
    day = await reconcile(stage)
    assert (day["status"], day["open_differences"]) == ("clean", 0)
    assert day["differences"][0]["note"] == "returned at the merchant platform"
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await plant(stage, "foreign_refund", number="BYHAND", amount_fen=8)
    assert open_differences(await reconcile(stage)) == [("refund_missing_here", "BYHAND", None, 8)], (
        "another amount is news"
    )
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    await reconcile(stage)
    answer = await _explain(stage, found["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "payments/difference-repaired")
    answer = await _explain(stage, uuid4())
    assert (answer.status_code, answer.json()["code"]) == (404, "payments/difference-not-found")
    for note in ("", "   ", "x" * 1001):
        assert (await _explain(stage, found["id"], note=note)).status_code == 422


async def test_an_explanation_is_no_bill(stage: Stage) -> None:
    await sell(stage)
    await plant(stage, "wrong_hash")
    (damage,) = (await reconcile(stage))["differences"]
    assert (await _explain(stage, damage["id"])).status_code == 200
    day = (await call(stage, "GET", URL)).json()
    assert (day["status"], day["open_differences"]) == ("failed", 0)


@pytest.mark.parametrize(("token", "status"), [("merchant", 403), ("nobody", 401)])
async def test_only_the_platforms_staff_reconcile(stage: Stage, token: str, status: int) -> None:
    await sell(stage)
    days = "/api/v1/payments/console/reconciliations"
    asked = [("GET", days), ("GET", f"{days}/{DAY}"), ("POST", f"{days}/{DAY}")]
    assert [(await call(stage, *one, token)).status_code for one in asked] == [status] * 3
    assert (await _explain(stage, uuid4(), token)).status_code == status
    assert stage.rows("select 1 from payments.reconciliation") == []


async def test_days_that_cannot_be_reconciled(stage: Stage) -> None:
    move_to(stage, 2026, 6, 1, 12)
    answer = await call(stage, "POST", URL)
    assert (answer.status_code, answer.json()["code"]) == (409, "payments/bill-day-not-over")
    answer = await call(stage, "GET", URL)
    assert (answer.status_code, answer.json()["code"]) == (404, "payments/reconciliation-not-found")
    assert (await call(stage, "GET", URL.replace("06-01", "13-01"))).status_code == 422
    move_to(stage, 2027, 6, 1, 12)
    day = await reconcile(stage)
    assert (day["status"], day["trouble"]) == ("failed", "TOO_OLD (400): the provider keeps bills for three months")
    assert stage.wire.count("/v3/bill/tradebill") == 0


async def test_a_day_without_business_needs_no_bill(stage: Stage) -> None:
    move_to(stage, 2026, 6, 2, 10, 30)
    day = await reconcile(stage)
    assert (day["status"], day["payments_there"]) == ("clean", 0)


async def test_a_bill_that_is_not_there_yet(stage: Stage) -> None:
    await sell(stage)
    move_to(stage, 2026, 6, 2, 9, 30)
    day = await reconcile(stage)
    assert (day["status"], day["differences"]) == ("waiting", [])
    assert "STATEMENT_CREATING" in day["trouble"]
    with capture_logs() as logs:
        await reconcile(stage)
    assert [entry["alert"] for entry in logs if "alert" in entry] == [False]
    move_to(stage, 2026, 6, 2, 10, 30)
    assert (await reconcile(stage))["status"] == "clean"
    stage.arm(FaultKind.API_500, times=3)
    day = await reconcile(stage)
    assert (day["status"], day["payments_here"]) == ("clean", 3), "what was compared stays"
    assert day["trouble"]
    move_to(stage, 2026, 6, 3, 0)
    stage.arm(FaultKind.API_500, times=3)
    with capture_logs() as logs:
        await reconcile(stage)
    assert [entry["alert"] for entry in logs if "alert" in entry] == [True], "a day without a bill is too long"


async def test_a_comparison_that_looks_away_finds_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the tests above see what the comparison sees."""
    sold = await sell(stage)
    await plant(stage, "drop_row", number=sold.payments[0])
    module = "chengtuan.modules.payments.rules.reconciliation"
    monkeypatch.setattr(f"{module}._missing_there", lambda books, numbers: [])
    assert (await reconcile(stage))["status"] == "clean"
