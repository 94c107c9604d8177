"""The orders of the shelf, with several products that differ in what each order looks at."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

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
        ("near", [2], [5400], 1),
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


@pytest.mark.feature("F1")
async def test_each_order_of_the_shelf_goes_by_what_its_name_says(shop: Shop) -> None:
    products = await five_products(shop)
    names = {product.product_id: name for name, product in products.items()}
    for sort, expected in ORDERS.items():
        shown = [names[product_id] for product_id in await read_all(shop, sort=sort, limit=2)]
        assert (sort, shown[: len(expected)]) == (sort, expected)
        assert sorted(shown) == sorted(names.values()), "each of them once"


@pytest.mark.parametrize("limit", [1, 5, 6])
async def test_the_last_page_says_that_it_is_the_last(shop: Shop, limit: int) -> None:
    for number in range(4):
        await add_product(shop, f"no. {number}", 1000 + number)
    page = (await shop.world.client.get("/api/v1/trade/listings", params={"limit": limit})).json()
    assert (len(page["items"]), page["next_cursor"] is None) == (min(limit, 5), limit >= 5)
