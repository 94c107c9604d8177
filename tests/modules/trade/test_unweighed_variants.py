"""What is sent by weight and was not weighed is not offered: on no product's page, in no group, by no card."""

from typing import Any

import pytest

from tests.modules.trade.test_freight import TEMPLATES, send, template
from tests.modules.trade.test_freight_templates import BY_WEIGHT, PRODUCTS, remove
from tests.modules.trade.test_shelf_cards import is_right, quietly
from tests.modules.trade.variants import tier, variants
from tests.support.shop import Shop

pytestmark = pytest.mark.feature("X13")


async def offer(shop: Shop, path: str = "products", of: str = "") -> dict[str, Any]:
    return dict((await shop.world.client.get(f"/api/v1/trade/{path}/{of or shop.product_id}/offer")).json())


def lead(shown: dict[str, Any]) -> tuple[str, int, list[tuple[bool, int]]]:
    skus = [(sku["sellable"], sku["available"]) for sku in shown["skus"]]
    return shown["shown"]["sku_id"], shown["shown"]["solo_price_fen"], skus


async def test_a_variant_that_nobody_weighed_is_not_what_its_product_is_shown_as(shop: Shop) -> None:
    made = await template(shop, **BY_WEIGHT)
    assert (await send(shop, made["id"], grams=600)).status_code == 200
    added = (await variants(shop, 10000, 1200))[1]
    stock = lead(await offer(shop))[2][0][1]
    assert lead(await offer(shop)) == (shop.sku_id, 10000, [(True, stock), (False, 0)])
    weights = {"template_id": made["id"], "weights": [{"sku_id": added, "grams": 100}], "version": 1}
    assert (await shop.merchant.put(f"{PRODUCTS}/{shop.product_id}", weights)).status_code == 200
    assert lead(await offer(shop)) == (added, 1200, [(True, stock), (True, 10)])


async def test_a_group_does_not_offer_it_either(shop: Shop) -> None:
    made, buyer = await template(shop, **BY_WEIGHT), await shop.shopper(1)
    assert (await send(shop, made["id"], grams=600)).status_code == 200
    added = (await variants(shop, 10000, 1200))[1]
    campaign = await shop.campaign([2], [0], tiers=[tier(2, {shop.sku_id: 9000, added: 1100})])
    assert (await offer(shop))["campaign"]["tiers"][0]["price_fen"] == 9000
    opened = await buyer.open(campaign)
    await buyer.pay(opened["id"])
    joining = await offer(shop, "groups", opened["group_id"])
    assert joining["campaign"]["tiers"][0]["price_fen"] == 9000
    assert [(sku["sellable"], sku["available"]) for sku in joining["skus"]] == [(True, 9), (False, 0)]


async def test_cards_follow_what_is_weighed_and_how_it_is_sent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await template(shop, **BY_WEIGHT)
    assert (await send(shop, made["id"], grams=600)).status_code == 200
    added = (await variants(shop, 10000, 1200))[1]
    await is_right(shop, [(10000, None, True, None)])

    async def weighed() -> None:
        weights = {"template_id": made["id"], "weights": [{"sku_id": added, "grams": 100}], "version": 1}
        assert (await shop.merchant.put(f"{PRODUCTS}/{shop.product_id}", weights)).status_code == 200

    await quietly(weighed, monkeypatch)
    await is_right(shop, [(1200, None, True, None)])
    await variants(shop, 10000, 1200, 1100)  # two others, which nobody has weighed
    await is_right(shop, [(10000, None, True, None)])
    await quietly(lambda: remove(shop, made, template_id=None), monkeypatch)
    assert (await shop.merchant.get(TEMPLATES)).json()["items"] == []
    await is_right(shop, [(1100, None, True, None)])
