"""The orders of the shelf, with several products that differ in what each order looks at."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.modules.trade.shelf.usecases import browse_shelf
from tests.modules.trade.test_groups import fill
from tests.modules.trade.variants import PRODUCTS, document
from tests.support.shop import Shop

Products = dict[str, Shop]


async def add_product(shop: Shop, name: str, solo_price_fen: int, *, stock: int = 50) -> Shop:
    """Another product of the same merchant, published a second later."""
    shop.world.clock.advance(timedelta(seconds=1))
    body = await document(shop)
    variant = body["skus"][0] | {"id": None, "solo_price_fen": solo_price_fen}
    product = (await shop.merchant.post(PRODUCTS, body | {"name": {"en": name}, "skus": [variant]})).json()
    await shop.merchant.post(f"{PRODUCTS}/{product['id']}/publish")
    await shop.world.settle()
    other = replace(shop, product_id=product["id"], sku_id=product["skus"][0]["id"], solo_price_fen=solo_price_fen)
    await other.set_stock(stock)
    return other


async def five_products(shop: Shop) -> Products:
    """Told apart by each order of the shelf, and by none in the order in which they came."""
    products = {
        "dear": shop,
        "half": await add_product(shop, "half", 8000),
        "alone": await add_product(shop, "alone", 3000),
        "near": await add_product(shop, "near", 6000),
        "gone": await add_product(shop, "gone", 1000, stock=0),
    }
    groups: list[tuple[str, list[int], list[int], int]] = [
        ("dear", [2, 3], [9500, 9400], 2),
        ("half", [3], [4000], 1),
        ("near", [2], [5401], 1),
    ]
    for name, people, prices, paid in groups:
        shop.world.clock.advance(timedelta(minutes=1))  # the same people ask for another code
        await fill(products[name], await products[name].campaign(people, prices), paid)
    sold = {"alone": 9, "dear": 7, "near": 3, "gone": 2, "half": 1}
    async with shop.world.composition.running["trade"].database.write() as tx:
        for name, count in sold.items():
            await tx.execute(
                "update listing set sold = %s where product_id = %s::uuid", (count, products[name].product_id)
            )
    await shop.world.settle()
    return products


async def read_all(shop: Shop, **query: Any) -> list[str]:
    """Every product's id, page by page."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(10):
        page = (await shop.world.client.get("/api/v1/trade/listings", params={**query, **cursor})).json()
        found += [card["product_id"] for card in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError(f"the pages have no end: {found}")


ORDERS = {
    "popular": ["alone", "dear", "near", "gone", "half"],
    "newest": ["gone", "near", "alone", "half", "dear"],
    "price": ["alone", "half", "near", "dear", "gone"],
    "discount": ["half", "near", "dear"],
    "forming": ["near", "half", "dear"],
}
"""What has nothing to be ordered by comes after these, in any order."""


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"discount_percent": 9}, {"half", "near"}),
    ({"discount_percent": 10}, {"half"}),  # nine and a bit are not ten
    ({"discount_percent": 50}, {"half"}),
    ({"discount_percent": 51}, set()),
    ({"joinable": True}, {"half", "near", "dear"}),
    ({"missing_at_most": 1}, {"near"}),
    ({"missing_at_most": 2}, {"half", "near"}),
    ({"newcomers": True}, set()),
    ({"newcomers": False, "in_stock": True}, {"dear", "half", "alone", "near"}),
    ({"price_max_fen": 4000}, {"half", "alone", "gone"}),
    ({"price_min_fen": 4000, "price_max_fen": 5401, "sort": "price"}, {"half", "near"}),
    ({"price_min_fen": 9501}, set()),
    ({"q": "half", "price_max_fen": 4000}, {"half"}),
    ({"q": "half", "price_max_fen": 3999}, set()),
    ({"merchant_id": UUID(int=1)}, set()),
]


@pytest.mark.feature("F1")
async def test_orders_and_filters_of_the_shelf_go_by_what_their_names_say(shop: Shop) -> None:
    products = await five_products(shop)
    names = {product.product_id: name for name, product in products.items()}
    for sort, expected in ORDERS.items():
        shown = [names[product_id] for product_id in await read_all(shop, sort=sort, limit=2)]
        assert (sort, shown[: len(expected)]) == (sort, expected)
        assert sorted(shown) == sorted(names.values()), "each of them once"
    for asked, wanted in FILTERS:
        found = await read_all(shop, **asked, limit=2)
        assert (asked, {names[product_id] for product_id in found}) == (asked, wanted)
    assert len(await read_all(shop, merchant_id=shop.merchant_id)) == len(products)


@pytest.mark.parametrize("limit", [1, 5, 6])
async def test_the_last_page_says_that_it_is_the_last(shop: Shop, limit: int) -> None:
    for number in range(4):
        await add_product(shop, f"no. {number}", 1000 + number)
    page = (await shop.world.client.get("/api/v1/trade/listings", params={"limit": limit})).json()
    assert (len(page["items"]), page["next_cursor"] is None) == (min(limit, 5), limit >= 5)


async def test_the_list_ends_where_nobody_reads_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse_shelf, "MOST_SEEN", 2)
    for number in range(2):
        await add_product(shop, f"no. {number}", 1000)
    assert len(await read_all(shop, limit=1)) == 2
