"""Flash sales in tests: publish one, take of it, follow what becomes of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.support.shop import Buyer, Shop
from tests.support.work import nonce_for

SALES = "/api/v1/trade/flash-sales"
CONSOLE = "/api/v1/trade/console/flash-sales"
PRICE = 5000


async def try_flash_sale(
    shop: Shop, units: int = 10, *, in_s: float = 0, for_s: float = 3600, key: UUID | None = None, **changes: Any
) -> httpx.Response:
    """Of the shop's variant; `changes` replace fields of the request."""
    starts_at = shop.world.clock.now() + timedelta(seconds=in_s)
    body = {
        "product_id": shop.product_id,
        "name": "test",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(seconds=for_s)).isoformat(),
        "variants": [{"sku_id": shop.sku_id, "price_fen": PRICE, "units": units}],
        "per_user_limit": 1,
    } | changes
    return await shop.merchant.post(CONSOLE, body, key=key)


async def flash_sale(shop: Shop, units: int = 10, **changes: Any) -> str:
    """A running one; its id."""
    answer = await try_flash_sale(shop, units, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


_shown: dict[tuple[str, str, UUID], dict[str, Any]] = {}
"""Whoever sends a request again shows the ticket that they have."""


async def ask_for_ticket(buyer: Buyer, sale_id: str, key: UUID) -> httpx.Response:
    return await buyer.person.post(f"{SALES}/{sale_id}/tickets", key=key)


def shown(ticket: dict[str, Any]) -> dict[str, Any]:
    """With the work done."""
    return {"ticket": ticket["ticket"], "proof": nonce_for(ticket["ticket"], ticket["bits"])}


async def try_hold(
    buyer: Buyer, sale_id: str, *, key: UUID | None = None, device: UUID | None = None, **changes: Any
) -> httpx.Response:
    """Ask for a ticket, let its time come in a running sale, and take units; what refuses, if something does."""
    key = key or uuid4()
    if "ticket" not in changes and (buyer.person.token, sale_id, key) not in _shown:
        asked = await ask_for_ticket(buyer, sale_id, key)
        if asked.status_code != 201:
            return asked
        _shown[buyer.person.token, sale_id, key] = shown(asked.json())
        if not asked.json()["drawn"]:
            clock = buyer.shop.world.clock
            clock.move_to(max(clock.now(), datetime.fromisoformat(asked.json()["admitted_at"])))
    changes = _shown.get((buyer.person.token, sale_id, key), {}) | changes
    body = {"sku_id": buyer.shop.sku_id, "quantity": 1, "address_id": buyer.address_id} | changes
    headers = {"Authorization": f"Bearer {buyer.person.token}", "Idempotency-Key": str(key)}
    if device is not None:
        headers["Device-Id"] = str(device)
    return await buyer.person.client.post(f"{SALES}/{sale_id}/holds", json=body, headers=headers)


async def hold(buyer: Buyer, sale_id: str, **changes: Any) -> dict[str, Any]:
    answer = await try_hold(buyer, sale_id, **changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def see_hold(buyer: Buyer, hold_id: str) -> dict[str, Any]:
    answer = await buyer.person.get(f"{SALES}/holds/{hold_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def flash_order(buyer: Buyer, sale_id: str, **changes: Any) -> dict[str, Any]:
    """Hold units, and see the order that is made of them."""
    held = await hold(buyer, sale_id, **changes)
    await buyer.shop.world.settle()
    seen = await see_hold(buyer, held["id"])
    assert seen["status"] == "ordered", seen
    return await buyer.see(seen["order_id"])


async def own_sale(shop: Shop, sale_id: str) -> dict[str, Any]:
    """As its merchant sees it."""
    answer = await shop.merchant.get(f"{CONSOLE}/{sale_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def units(shop: Shop, sale_id: str) -> tuple[int, int, int, int]:
    """Allotted, held, sold, free."""
    sale = await own_sale(shop, sale_id)
    return sale["allotted"], sale["held"], sale["sold"], sale["free"]


async def public_sale(shop: Shop, sale_id: str) -> dict[str, Any]:
    answer = await shop.world.client.get(f"{SALES}/{sale_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
