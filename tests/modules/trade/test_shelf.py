"""The shelf and offers, as everybody sees them."""

from typing import Any

import pytest

from tests.modules.trade.test_groups import fill
from tests.support.shop import Shop


async def shelf(shop: Shop, **params: Any) -> list[dict[str, Any]]:
    answer = await shop.world.client.get("/api/v1/trade/listings", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("sort", ["popular", "discount", "forming", "price", "newest"])
async def test_every_order_of_the_shelf_shows_the_product_with_its_campaign(shop: Shop, sort: str) -> None:
    await shop.campaign([3, 5], [9000, 8000])
    (card,) = await shelf(shop, sort=sort)
    assert card["campaign"]["tiers"] == [{"people": 3, "price_fen": 9000}, {"people": 5, "price_fen": 8000}]
    assert (card["solo_price_fen"], card["sold"], card["sold_out"], card["nearest_group"]) == (10000, 0, False, None)


async def test_the_nearest_group_and_the_units_sold_are_real(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000])
    group_id, _ = await fill(shop, campaign, 2)
    (card,) = await shelf(shop)
    assert (card["nearest_group"]["id"], card["nearest_group"]["missing"], card["sold"]) == (group_id, 1, 0)
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert [(group["id"], group["paid"], group["missing"]) for group in offer["groups"]] == [(group_id, 2, 1)]
    last = await shop.shopper(9)
    order = await last.join(group_id)
    await last.pay(order["id"])
    (card,) = await shelf(shop)
    assert (card["nearest_group"], card["sold"]) == (None, 3)


async def test_searching_is_by_plain_text(shop: Shop) -> None:
    assert len(await shelf(shop, q="pomelo")) == 1
    assert len(await shelf(shop, q="柚")) == 1
    assert await shelf(shop, q="%") == []
    assert await shelf(shop, q="_") == []
    assert await shelf(shop, category="bakery") == []


async def test_pages_follow_each_other_without_gaps(shop: Shop) -> None:
    answer = await shop.world.client.get("/api/v1/trade/listings", params={"limit": 1})
    assert answer.json()["next_cursor"] is None
    refused = await shop.world.client.get("/api/v1/trade/listings", params={"cursor": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (422, "platform/bad-cursor")


async def test_what_is_sold_out_says_so(shop: Shop) -> None:
    await shop.set_stock(0)
    (card,) = await shelf(shop)
    assert card["sold_out"] is True
