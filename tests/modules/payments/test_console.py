"""The books, for people: a merchant sees its own, the platform's staff see all, and nobody else any."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from tests.modules.payments.stage import MERCHANT, OTHER_MERCHANT, PRICE, Stage

LEDGER = "/api/v1/payments/console/ledger"
SUMMARY = "/api/v1/payments/console/summary"


async def _get(stage: Stage, path: str, token: str | None = "admin", **params: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await stage.shop.get(path, headers=headers, params=params)


async def _balances(stage: Stage, token: str) -> dict[str, int]:
    accounts = (await _get(stage, SUMMARY, token)).json()["accounts"]
    return {account["code"]: account["balance_fen"] for account in accounts if account["balance_fen"]}


@pytest.mark.parametrize("path", [LEDGER, SUMMARY])
@pytest.mark.parametrize(("token", "status"), [(None, 401), ("stranger", 401), ("merchant", 200), ("admin", 200)])
async def test_who_may_look(stage: Stage, path: str, token: str | None, status: int) -> None:
    assert (await _get(stage, path, token)).status_code == status


async def test_pages_hold_every_transaction_once_newest_first(stage: Stage) -> None:
    await stage.paid()
    await stage.refund(500)
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await _get(stage, LEDGER, limit="1", **({"cursor": cursor} if cursor else {}))).json()
        items += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert [item["kind"] for item in items] == ["refund_planned", "payment"]
    assert [item["sides"] for item in items] == [
        [{"account": "merchant_escrow", "amount_fen": 500}, {"account": "refunds_in_transit", "amount_fen": -500}],
        [{"account": "provider_clearing", "amount_fen": PRICE}, {"account": "merchant_escrow", "amount_fen": -PRICE}],
    ]
    for item in items:
        assert (item["purpose"], item["subject_id"]) == ("trade.order", str(stage.order_id))
        assert item["subject_number"] == "2611220001"
        assert item["merchant_id"] == str(MERCHANT)


async def test_a_merchant_never_sees_anothers_books(stage: Stage) -> None:
    await stage.paid()
    own_order = stage.order_id
    stage.order_id = uuid4()
    await stage.open(merchant_id=OTHER_MERCHANT, amount_fen=500)
    await stage.press_pay()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    await stage.refund(500)
    await stage.run()
    stage.advance(2)
    await stage.run()

    own = (await _get(stage, LEDGER, "merchant")).json()["items"]
    assert [item["subject_id"] for item in own] == [str(own_order)]
    assert (await _get(stage, LEDGER, "merchant", subject_id=str(stage.order_id))).json()["items"] == []
    assert len((await _get(stage, LEDGER, "other", subject_id=str(stage.order_id))).json()["items"]) == 2
    assert len((await _get(stage, LEDGER)).json()["items"]) == 3
    assert await _balances(stage, "merchant") == {"provider_clearing": PRICE, "merchant_escrow": PRICE}
    assert await _balances(stage, "other") == {"provider_clearing": 500, "refunds_in_transit": 500}
    waiting = [(await _get(stage, SUMMARY, token)).json()["abnormal_refunds"] for token in ("merchant", "other")]
    assert waiting == [0, 1]


async def test_the_ledger_of_an_order(stage: Stage) -> None:
    await stage.paid()
    first = str(stage.order_id)
    stage.order_id = uuid4()
    await stage.paid()
    found = (await _get(stage, LEDGER, subject_id=first)).json()["items"]
    assert [item["subject_id"] for item in found] == [first]
    assert (await _get(stage, LEDGER, subject_id=str(uuid4()))).json()["items"] == []


async def test_a_broken_cursor_is_a_problem(stage: Stage) -> None:
    answer = await _get(stage, LEDGER, cursor="nonsense")
    assert (answer.status_code, answer.json()["code"]) == (422, "platform/bad-cursor")


async def test_the_summary_counts_what_waits_for_a_person(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    await stage.refund(500)
    await stage.run()
    stage.advance(2)
    await stage.run()
    summary = (await _get(stage, SUMMARY)).json()
    assert {account["code"]: account["balance_fen"] for account in summary["accounts"]} == {
        "provider_clearing": PRICE,
        "merchant_escrow": PRICE - 500,
        "refunds_in_transit": 500,
        "merchant_promotions": 0,
        "platform_subsidies": 0,
        "points_redeemed": 0,
        "commissions_payable": 0,
    }
    assert summary["sum_fen"] == 0
    assert (summary["abnormal_refunds"], summary["open_notices"]) == (1, 0)


async def test_what_the_platform_must_look_at_is_no_merchants_business(stage: Stage) -> None:
    await stage.open()
    stage.misread(1)
    await stage.press_pay()
    assert [(await _get(stage, SUMMARY, token)).json()["open_notices"] for token in ("admin", "merchant")] == [1, 0]
