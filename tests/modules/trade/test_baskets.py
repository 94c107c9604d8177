"""Baskets that no order can have: the line in the way is named, and nothing is half done (X12)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.databases import fingerprint
from tests.concurrency.stage import another_product
from tests.modules.trade.test_cart import add, buy, drop, lines_in, said
from tests.modules.trade.test_leaving_the_shelf import remove
from tests.modules.trade.test_order_lines import open_second_shop
from tests.support.shop import Buyer, Shop

pytestmark = pytest.mark.feature("X12")
WAYS = {"foreign", "unknown", "removed", "sold out", "not in the cart", "more", "twice"}


@pytest.mark.parametrize(
    ("spoil", "answer"),
    [
        ("foreign", (422, "trade/several-merchants")),
        ("unknown", (404, "trade/sku-not-found")),
        ("removed", (404, "trade/sku-not-found")),
        ("sold out", (409, "trade/sold-out")),
        ("not in the cart", (409, "trade/not-in-cart")),
        ("more", (409, "trade/not-in-cart")),
        ("twice", (422, "platform/invalid-request")),
        (0, (422, "trade/bad-quantity")),
        (-1, (422, "trade/bad-quantity")),
        (1000, (422, "trade/bad-quantity")),
        (10**30, (422, "trade/bad-quantity")),
        (1.5, (422, "platform/invalid-request")),
        ("3", (422, "platform/invalid-request")),
    ],
)
async def test_what_is_wrong_with_a_basket_is_named_by_its_line_and_nothing_is_half_done(
    shop: Shop, database_url: str, spoil: Any, answer: tuple[int, str]
) -> None:
    good, buyer = await another_product(shop), await shop.shopper(1)
    for sku_id in (good, shop.sku_id):
        lines_in(await add(buyer, sku_id))
    lines = [{"sku_id": good, "quantity": 1}, *await spoilt(buyer, spoil)]
    before = fingerprint(database_url)
    refused = await buy(buyer, {}, lines=lines)
    assert said(refused) == answer
    assert fingerprint(database_url) == before
    if answer[1].startswith("trade/"):
        assert refused.json()["sku_id"] == lines[1]["sku_id"]
        assert said(await buy(buyer, {good: 1}))[0] == 201, "without that line the rest is bought"


async def spoilt(buyer: Buyer, how: Any) -> list[dict[str, Any]]:
    """Lines that no order can have; anything but a name is a quantity."""
    shop = buyer.shop
    line: dict[str, Any] = {"sku_id": shop.sku_id, "quantity": 1}
    if how == "foreign":
        return [line | {"sku_id": (await open_second_shop(shop.world)).sku_id}]
    if how == "removed":
        await remove(shop)
    elif how == "sold out":
        await shop.set_stock(0)
    elif how == "not in the cart":
        await drop(buyer, shop.sku_id)
    elif how not in WAYS:
        return [line | {"quantity": how}]
    return {"unknown": [line | {"sku_id": str(uuid4())}], "more": [line | {"quantity": 2}], "twice": [line, line]}.get(
        how, [line]
    )
