"""A flash sale as a merchant announces it, and as somebody takes of it, over the API."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.journeys.friend import Friend
from tests.journeys.running_shop import RunningShop
from tests.support.flash import shown

SALES = "/trade/console/flash-sales"


async def announce(
    shop: RunningShop, listing: dict[str, Any], *, units: int, in_s: float = -60, **changes: Any
) -> dict[str, Any]:
    """Of the product's first variant, at half of its price; `changes` replace fields of the request."""
    sku = listing["offer"]["skus"][0]
    starts_at = datetime.fromisoformat(listing["offer"]["now"]) + timedelta(seconds=in_s)
    body = {
        "product_id": listing["product_id"],
        "name": "半價秒殺",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "variants": [{"sku_id": sku["sku_id"], "price_fen": sku["solo_price_fen"] // 2, "units": units}],
        "per_user_limit": 1,
    } | changes
    answer = await shop.api.post(SALES, json=body, headers=await _merchant(shop, listing))
    assert answer.status_code == 201, answer.text
    sale: dict[str, Any] = answer.json()
    return sale


async def call_off(shop: RunningShop, listing: dict[str, Any], sale: dict[str, Any]) -> None:
    """Its merchant stops it."""
    answer = await shop.api.post(f"{SALES}/{sale['id']}/stop", headers=await _merchant(shop, listing))
    assert answer.status_code == 200, answer.text


async def _merchant(shop: RunningShop, listing: dict[str, Any]) -> dict[str, str]:
    login, password = shop.console_account(listing["merchant_name"]["zh-Hant"])
    session = await shop.api.post("/accounts/staff/sessions", json={"login": login, "password": password})
    session.raise_for_status()
    return {"Authorization": f"Bearer {session.json()['token']}", "Idempotency-Key": str(uuid4())}


async def take(friend: Friend, sale_id: str, sku_id: str) -> dict[str, Any]:
    """One unit of a sale, in turn: with a ticket, and the work that it wants."""
    path, key = f"/trade/flash-sales/{sale_id}", uuid4()
    ticket = await friend.call("POST", f"{path}/tickets", key=key)
    await asyncio.sleep(ticket["wait_s"])
    wish = {"sku_id": sku_id, "quantity": 1, "address_id": friend.address_id, **shown(ticket)}
    return dict(await friend.call("POST", f"{path}/holds", wish, key=key))
