"""Where people pay: the provider's page, or its dialogue in WeChat."""

import asyncio
import contextlib
from typing import Any

import httpx

from tests.faults.customers import Customers


async def press_pay(customers: Customers, hand_over: dict[str, Any]) -> None:
    """Where somebody was sent to pay; the cashier may be away for a while."""
    for _ in range(20):
        with contextlib.suppress(httpx.HTTPError):
            where = {"prepay_id": prepay_id_of(hand_over)}
            await customers.http.post(f"{customers.system.sandbox.url}/desk/api/pay", json=where)
            return
        await asyncio.sleep(0.3)


def prepay_id_of(hand_over: dict[str, Any]) -> str:
    """What the cashier knows a payment by, wherever the channel puts it."""
    if hand_over.get("redirect_url"):
        return httpx.URL(hand_over["redirect_url"]).path.rpartition("/")[2]
    package: str = hand_over["jsapi"]["package"]
    return package.removeprefix("prepay_id=")
