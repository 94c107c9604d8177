"""A flash sale as a merchant announces it, over the console's API."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from chengtuan.kernel.proof_of_work import zero_bits
from tests.journeys.friend import Friend
from tests.journeys.running_shop import RunningShop

SALES = "/trade/console/flash-sales"


async def announce(
    shop: RunningShop, listing: dict[str, Any], *, units: int, in_s: float = -60, **changes: Any
) -> dict[str, Any]:
    """Of the product's first variant, at half of its price; `changes` replace fields of the request."""
    login, password = shop.console_account(listing["merchant_name"]["zh-Hant"])
    session = await shop.api.post("/accounts/staff/sessions", json={"login": login, "password": password})
    session.raise_for_status()
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
    answer = await shop.api.post(SALES, json=body, headers={"Authorization": f"Bearer {session.json()['token']}"})
    assert answer.status_code == 201, answer.text
    sale: dict[str, Any] = answer.json()
    return sale


async def take(friend: Friend, sale: dict[str, Any]) -> dict[str, Any]:
    """One unit of its first variant: with a ticket, and the work that it wants."""
    headers = {"Authorization": f"Bearer {friend.token}", "Idempotency-Key": str(uuid4())}
    path = f"/trade/flash-sales/{sale['id']}"
    asked = await friend.shop.api.post(f"{path}/tickets", headers=headers)
    assert asked.status_code == 201, asked.text
    ticket = asked.json()
    proof = next(str(n) for n in count() if zero_bits(ticket["ticket"], str(n)) >= ticket["bits"])
    wish = {"sku_id": sale["variants"][0]["sku_id"], "quantity": 1, "address_id": friend.address_id}
    body = wish | {"ticket": ticket["ticket"], "proof": proof}
    answer = await friend.shop.api.post(f"{path}/holds", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    hold: dict[str, Any] = answer.json()
    return hold
