"""One day of business with its bill, for the tests of reconciliation."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from chengtuan.kernel.clock import SHANGHAI
from tests.modules.payments.stage import PRICE, Stage

DAY = date(2026, 6, 1)
DAYS = "/api/v1/payments/console/reconciliations"
URL = f"{DAYS}/{DAY}"


def move_to(stage: Stage, *wall: int) -> None:
    """Move to a wall clock in China."""
    stage.clock.move_to(datetime(*wall, tzinfo=SHANGHAI))  # type: ignore[arg-type,misc]


async def call(stage: Stage, method: str, url: str, token: str = "admin", **how: Any) -> httpx.Response:
    return await stage.shop.request(method, url, headers={"Authorization": f"Bearer {token}"}, **how)


async def reconcile(stage: Stage) -> dict[str, Any]:
    return await compare(stage, DAY)


async def compare(stage: Stage, day: date) -> dict[str, Any]:
    """The day as it is shown after comparing it, with its differences."""
    answer = await call(stage, "POST", f"{DAYS}/{day}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found | {"differences": await differences_of(stage, day)}


async def differences_of(stage: Stage, day: date = DAY, *, limit: int = 50) -> list[dict[str, Any]]:
    """Page by page."""
    found, page = [], {"limit": str(limit)}
    while True:
        answer = await call(stage, "GET", f"{DAYS}/{day}/differences", params=page)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if (cursor := answer.json()["next_cursor"]) is None:
            return found
        page["cursor"] = cursor


async def plant(stage: Stage, kind: str, **how: Any) -> None:
    answer = await stage.desk.post(f"/control/bills/{DAY}/differences", json={"kind": kind, **how})
    assert answer.status_code == 204, answer.text


def open_differences(day: dict[str, Any]) -> list[tuple[str, str, int | None, int | None]]:
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


async def sell(stage: Stage) -> Sold:
    move_to(stage, 2026, 6, 1, 12)
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
    move_to(stage, 2026, 6, 2, 10, 30)
    return sold
