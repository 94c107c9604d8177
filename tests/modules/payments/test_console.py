"""The ledger, for the platform's own staff only."""

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from tests.modules.payments.stage import PRICE, Stage

LEDGER = "/api/v1/payments/console/ledger"
SUMMARY = "/api/v1/payments/console/summary"


async def _get(stage: Stage, path: str, token: str | None = "admin", **params: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await stage.shop.get(path, headers=headers, params=params)


@pytest.mark.parametrize("path", [LEDGER, SUMMARY])
@pytest.mark.parametrize(("token", "status"), [(None, 401), ("stranger", 401), ("merchant", 403), ("admin", 200)])
async def test_who_may_look(stage: Stage, path: str, token: str | None, status: int) -> None:
    assert (await _get(stage, path, token)).status_code == status


async def test_pages_hold_every_entry_once_newest_first(stage: Stage) -> None:
    await stage.paid()
    await stage.refund()
    entries, cursor = [], ""
    while True:
        page = (await _get(stage, LEDGER, limit="1", **({"cursor": cursor} if cursor else {}))).json()
        entries += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert [entry["kind"] for entry in entries] == ["refund_planned", "refund_planned", "payment", "payment"]
    assert sum(entry["amount_fen"] for entry in entries) == 0
    assert len({entry["seq"] for entry in entries}) == 4


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
    }
    assert (summary["abnormal_refunds"], summary["open_notices"]) == (1, 0)
