"""Telling the partners' sandbox what to do wrong, and what an operator puts right at their site."""

from tests.journeys.running_shop import RunningShop


async def misbehave(shop: RunningShop, kind: str, *, times: int = 1, seconds: float = 0) -> None:
    """Arms a fault for its next occasions."""
    answer = await shop.desk.post("/control/faults", json={"kind": kind, "times": times, "seconds": seconds})
    assert answer.status_code == 201, answer.text


async def repair_refund(shop: RunningShop, out_refund_no: str) -> None:
    """What somebody decides at the merchant platform for a refund that no account took."""
    answer = await shop.desk.post(f"/control/refunds/{out_refund_no}/repair")
    assert answer.status_code == 204, answer.text
