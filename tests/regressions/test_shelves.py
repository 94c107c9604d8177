"""What others' shelves showed."""

from datetime import timedelta
from typing import Any

import pytest

from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from tests.modules.trade.test_leaving_the_shelf import withdraw
from tests.modules.trade.variants import PRODUCTS, document, edit, stock, tier, variants
from tests.regressions.evidence import buyers, later
from tests.support.shop import Shop

LISTINGS = "/api/v1/trade/listings"
ORDERS = "/api/v1/trade/console/orders"


async def _card(shop: Shop) -> tuple[int, int | None]:
    """The card's price alone and in a group."""
    [card] = (await shop.world.client.get(LISTINGS)).json()["items"]
    campaign = card["campaign"]
    return card["solo_price_fen"], campaign["tiers"][0]["price_fen"] if campaign else None


async def test_no_price_is_shown_that_nobody_can_pay(shop: Shop) -> None:
    """https://github.com/magento/magento2/issues/11427, https://github.com/shopware/shopware/issues/16239,
    https://github.com/vendurehq/vendure/issues/1482, https://github.com/algolia/algoliasearch-magento-2/issues/442

    "From ¥10": the price of a variant that was sold out, or not offered any more.
    """
    cheap, dear = await variants(shop, 1000, 9000)
    await shop.campaign([2], [0], tiers=[tier(2, {cheap: 900, dear: 8000})])
    assert await _card(shop) == (1000, 900)
    await stock(shop, cheap, 0)
    assert await _card(shop) == (9000, 8000)
    await stock(shop, cheap, 5)
    body = await document(shop)
    await edit(shop, body | {"skus": [sku for sku in body["skus"] if sku["id"] == dear]})
    assert await _card(shop) == (9000, 8000)


async def test_equal_products_are_all_seen_once(shop: Shop) -> None:
    """https://github.com/openfoodfoundation/openfoodnetwork/pull/4538, https://github.com/saleor/saleor/issues/12555,
    https://github.com/shopware/shopware/issues/7465 and pull 16119

    Equal in what they are sorted by: some came on two pages, others on none.
    """
    catalog: Any = shop.world.composition.facades[CatalogFacade]
    draft = ProductDraft(
        name={"en": "Twin"},
        summary={"en": ""},
        description={"en": "Same"},
        category_slug="fresh",
        images=["/media/products/pomelo-1.webp"],
        list_price_fen=None,
        skus=[SkuDraft(sku_id=None, name={"en": "one"}, solo_price_fen=10000)],
    )
    twins = {shop.product_id}
    for _ in range(6):
        made = await catalog.add_product(merchant_id=shop.merchant_id, product=draft, demo=False, publish=True)
        twins.add(str(made.product_id))
    await shop.world.settle()
    for sort in ("popular", "discount", "forming", "price", "newest"):
        seen: list[str] = []
        asked: dict[str, str | int] = {"sort": sort, "limit": 3}
        while True:
            page = (await shop.world.client.get(LISTINGS, params=asked)).json()
            seen += [card["product_id"] for card in page["items"]]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        assert sorted(seen) == sorted(twins), sort


async def test_prices_are_asked_for_as_they_are_paid(shop: Shop) -> None:
    """https://github.com/saleor/saleor/issues/3888, https://github.com/Smile-SA/elasticsuite/issues/651

    "Up to 85" looked at the price before the reduction: what costs 80 was not found.
    """

    async def found(**asked: int) -> int:
        await shop.world.settle()
        return len((await shop.world.client.get(LISTINGS, params=asked)).json()["items"])

    now = shop.world.clock.now()
    await shop.campaign([2], [8000], ends_at=(now + timedelta(hours=2)).isoformat())
    assert (await found(price_max_fen=8500), await found(price_min_fen=8500)) == (1, 0)
    assert (await found(price_min_fen=8000, price_max_fen=8000), await found(price_min_fen=9, price_max_fen=8)) == (
        1,
        0,
    )
    await later(shop, hours=3)
    assert (await found(price_max_fen=8500), await found(price_min_fen=8500)) == (0, 1)


async def test_no_text_is_too_odd_to_be_looked_for(shop: Shop) -> None:
    """https://github.com/danbooru/danbooru/issues/2162, https://github.com/philgyford/pepysdiary/issues/603,
    https://github.com/ietf-tools/www/issues/48, https://github.com/zenml-io/kitaru/issues/927: PostgreSQL knows no NUL,
    and a search for one was an internal error.
    """
    for text in ("\x00", "a\x00b", "\ud800", "%00", "\\u0000", "\u202e", "\ufffe"):
        query = "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
        asked = [f"{LISTINGS}?{name}={query}" for name in ("q", "category", "cursor", "merchant_id", "sort")]
        for path in (*asked, f"{ORDERS}?q={query}", f"{PRODUCTS}?q={query}"):
            answer = await shop.merchant.get(path)
            assert answer.status_code in (200, 400, 422), path


async def test_what_is_no_longer_published_is_neither_found_nor_bought(shop: Shop) -> None:
    """https://github.com/firesale/firesale/issues/439, https://github.com/NEARBuilders/nearmerch.com/issues/196,
    https://github.com/newbee-ltd/newbee-mall/pull/28, https://github.com/antiwork/gumroad/pull/5624

    It had left the list; by its address, a search or an old cart it was shown and sold as before.
    """
    campaign = await shop.campaign([2], [8000])
    buyer = await shop.shopper(1)
    await withdraw(shop)
    client = shop.world.client
    for asked in (
        {},
        {"q": "蜜柚"},
        {"category": "fresh"},
        {"merchant_id": str(shop.merchant_id)},
        {"joinable": "true"},
    ):
        assert (await client.get(LISTINGS, params=asked)).json()["items"] == [], asked
    offer = (await client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert (offer["on_sale"], offer["skus"], offer["campaign"]) == (False, [], None)
    wishes: list[tuple[str, dict[str, Any]]] = [("solo", {}), ("open", {"campaign_id": campaign["id"]})]
    for mode, wish in wishes:
        assert (await buyer.try_order(mode, **wish)).json()["code"] == "trade/sku-not-found"
    added = await buyer.person.post("/api/v1/trade/cart/lines", {"sku_id": shop.sku_id, "quantity": 1})
    assert added.json()["code"] == "trade/sku-not-found"


async def test_no_group_is_offered_that_nobody_can_join(shop: Shop) -> None:
    """https://github.com/dujiao-next/dujiao-next/issues/130, https://github.com/vuestorefront/vue-storefront/issues/1670

    Shown as to be had, it was refused at the checkout. Groups whose goods are gone, or whose campaign has no more, are
    not among those to join; they are again once something comes back.
    """
    campaign = await shop.campaign([3], [8000], stock_cap=2)
    first, second = await buyers(shop, 2)
    order = await first.open(campaign)
    await first.pay(order["id"])
    path = f"/api/v1/trade/products/{shop.product_id}"

    async def listed() -> list[int]:
        shop.world.clock.advance(timedelta(seconds=2))
        offer = (await shop.world.client.get(f"{path}/offer")).json()
        groups = (await shop.world.client.get(f"{path}/groups")).json()["items"]
        return [len(offer["groups"]), offer["groups_total"], len(groups)]

    assert await listed() == [1, 1, 1]
    other = await second.open(campaign)
    assert (await second.try_order("join", group_id=order["group_id"])).json()["code"] == "trade/sold-out"
    assert await listed() == [0, 0, 0], "the campaign has no more"
    await second.person.post(f"/api/v1/trade/orders/{other['id']}/cancel")
    assert await listed() == [1, 1, 1]
    await shop.set_stock(1)
    assert await listed() == [0, 0, 0], "nothing is left"
    await shop.set_stock(2)
    await second.pay((await second.join(order["group_id"]))["id"])


async def test_what_is_over_is_over_at_once(shop: Shop) -> None:
    """https://github.com/ingenesis/shopp/issues/3209: what had ended was shown until somebody saved it again;
    https://github.com/woocommerce/woocommerce/issues/22186 and https://github.com/VirtoCommerce/vc-platform/issues/956:
    it ended a day before its end.
    """
    ends = shop.world.clock.now() + timedelta(hours=2)
    campaign = await shop.campaign([2], [8000], ends_at=ends.isoformat())
    await shop.world.settle()
    buyer = await shop.shopper(1)
    shop.world.clock.advance(timedelta(hours=2) - timedelta(seconds=1))
    assert await _card(shop) == (10000, 8000)
    assert (await buyer.try_order("open", campaign_id=campaign["id"])).status_code == 201
    shop.world.clock.advance(timedelta(seconds=1))
    assert await _card(shop) == (10000, None), "nothing was done in the background meanwhile"
    assert (await buyer.try_order("open", campaign_id=campaign["id"])).json()["code"] == "trade/campaign-ended"


@pytest.mark.parametrize(("group_fen", "saves"), [(10000, 0), (9001, 9), (9000, 10), (8999, 10), (101, 98), (1, 99)])
async def test_no_more_is_promised_than_is_saved(shop: Shop, group_fen: int, saves: int) -> None:
    """https://github.com/IsThereAnyDeal/IsThereAnyDeal-Issues/issues/2911, https://github.com/mozilla/blurts-server/pull/3886,
    https://github.com/vtex-apps/store-components/pull/591: 99.9 % was 100 % off, and less than nothing was -0 %.
    """
    if group_fen < 10000:
        await shop.campaign([2], [group_fen])
    await shop.world.settle()
    found = {
        percent: len((await shop.world.client.get(LISTINGS, params={"discount_percent": percent})).json()["items"])
        for percent in range(max(saves, 1), min(saves + 2, 100))
    }
    assert found == {percent: int(percent <= saves) for percent in found}
    for percent in (0, 100):
        assert (await shop.world.client.get(LISTINGS, params={"discount_percent": percent})).status_code == 422


async def test_sold_is_what_stayed_sold(shop: Shop) -> None:
    """https://github.com/woocommerce/woocommerce/issues/10725 and /issues/23796,
    https://github.com/woocommerce/woocommerce-blocks/issues/3470, https://github.com/opencart/opencart/issues/462

    The number of sold ones only grew: cancelled and refunded orders made a best seller.
    """

    async def sold() -> int:
        await shop.world.settle()
        [card] = (await shop.world.client.get(LISTINGS)).json()["items"]
        return int(card["sold"])

    campaign = await shop.campaign([2], [8000])
    first, second, third = await buyers(shop, 3)
    cancelled = await first.order("solo", quantity=5)
    await first.person.post(f"/api/v1/trade/orders/{cancelled['id']}/cancel")
    await second.order("solo", quantity=7)
    lonely = await third.open(campaign, quantity=11)
    await third.pay(lonely["id"])
    assert await sold() == 0
    await later(shop, hours=2)
    await later(shop, minutes=2)
    assert (await third.see(lonely["id"]))["status"] == "refunded"
    assert await sold() == 0
    bought = await first.order("solo", quantity=2)
    await first.pay(bought["id"])
    pair = await second.open(campaign, quantity=3)
    await second.pay(pair["id"])
    assert await sold() == 2
    joined = await third.join(pair["group_id"])
    await third.pay(joined["id"])
    assert await sold() == 6
