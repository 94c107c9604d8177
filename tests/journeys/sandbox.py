"""Telling the partners' sandbox what to do wrong, and what an operator puts right at their site."""

from typing import Any

from tests.journeys.running_shop import RunningShop


async def misbehave(shop: RunningShop, kind: str, *, times: int = 1, seconds: float = 0) -> None:
    """Arms a fault for its next occasions."""
    answer = await shop.desk.post("/control/faults", json={"kind": kind, "times": times, "seconds": seconds})
    assert answer.status_code == 201, answer.text


async def repair_refund(shop: RunningShop, out_refund_no: str) -> None:
    """What somebody decides at the merchant platform for a refund that no account took."""
    answer = await shop.desk.post(f"/control/refunds/{out_refund_no}/repair")
    assert answer.status_code == 204, answer.text


async def plant_in_bill(shop: RunningShop, day: str, kind: str, **what: Any) -> None:
    """Makes the day's bill differ from what happened."""
    answer = await shop.desk.post(f"/control/bills/{day}/differences", json={"kind": kind, **what})
    assert answer.status_code == 204, answer.text


async def newest_trade(shop: RunningShop) -> dict[str, Any]:
    """The payment that was begun last, as the sandbox knows it."""
    trades = (await shop.desk.get("/desk/api/ledger")).json()["trades"]
    newest: dict[str, Any] = max(trades, key=lambda trade: trade["created_at"])
    return newest
