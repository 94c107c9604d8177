"""What others' shelves showed."""

from typing import Any

from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from tests.modules.trade.variants import document, edit, stock, tier, variants
from tests.support.shop import Shop

LISTINGS = "/api/v1/trade/listings"


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
