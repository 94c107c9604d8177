"""A product with several variants, edited as its merchant does in the console."""

from typing import Any

from tests.support.shop import Shop

PRODUCTS = "/api/v1/catalog/console/products"


async def document(shop: Shop) -> dict[str, Any]:
    """The product as the console's form has it."""
    product = (await shop.merchant.get(f"{PRODUCTS}/{shop.product_id}")).json()
    fields = ("name", "summary", "description", "category_slug", "images", "list_price_fen", "version")
    skus = [{field: sku[field] for field in ("id", "name", "solo_price_fen")} for sku in product["skus"]]
    return {field: product[field] for field in fields} | {"skus": skus}


async def variants(shop: Shop, *prices: int, list_price_fen: int | None = None) -> list[str]:
    """Give the product one variant a price, the first being the shop's own; their ids. Ten of each in stock."""
    body = await document(shop)
    first = body["skus"][0] | {"solo_price_fen": prices[0]}
    others = [{"id": None, "name": {"en": f"no. {n}"}, "solo_price_fen": fen} for n, fen in enumerate(prices[1:], 2)]
    answer = await edit(shop, body | {"skus": [first, *others], "list_price_fen": list_price_fen})
    ids = [sku["id"] for sku in answer["skus"]]
    for sku_id in ids:
        await stock(shop, sku_id, 10)
    return ids


async def edit(shop: Shop, body: dict[str, Any], **query: Any) -> dict[str, Any]:
    answer = await try_edit(shop, body, **query)
    assert answer.status_code == 200, answer.text
    await shop.world.settle()
    return dict(answer.json())


async def try_edit(shop: Shop, body: dict[str, Any], **query: Any) -> Any:
    path = f"{PRODUCTS}/{shop.product_id}" + "".join(f"?{key}={value}" for key, value in query.items())
    return await shop.merchant.put(path, body)


async def stock(shop: Shop, sku_id: str, on_hand: int) -> None:
    rows = (await shop.merchant.get("/api/v1/trade/console/stock", product_id=shop.product_id)).json()["items"]
    expected = next(row["on_hand"] for row in rows if row["sku_id"] == sku_id)
    body = {"on_hand": on_hand, "expected": expected}
    answer = await shop.merchant.put(f"/api/v1/trade/console/stock/{sku_id}", body)
    assert answer.status_code == 200, answer.text


def tier(people: int, prices: dict[str, int]) -> dict[str, Any]:
    return {"people": people, "prices": [{"sku_id": sku_id, "price_fen": fen} for sku_id, fen in prices.items()]}
