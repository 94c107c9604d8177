"""One order of several variants of a merchant, bought alone: priced, paid, shipped and given back as a whole."""

from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.concurrency.stage import another_product
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import World


def two(shop: Shop, other: str, *, quantity: int = 2) -> dict[str, Any]:
    lines = [{"sku_id": shop.sku_id, "quantity": quantity}, {"sku_id": other, "quantity": 1}]
    return {"mode": "solo", "lines": lines}


async def ordered(buyer: Buyer, wish: dict[str, Any]) -> dict[str, Any]:
    answer = await buyer.person.post("/api/v1/trade/orders", wish | {"address_id": buyer.address_id})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def free(shop: Shop, sku_id: str) -> int:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        row = connection.execute("select available from trade.stock where sku_id = %s", (sku_id,)).fetchone()
    assert row
    return int(row[0])


async def test_several_variants_are_one_order_with_one_payment(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    wish = two(shop, other)
    quote = (await buyer.person.post("/api/v1/trade/orders/preview", wish)).json()
    order = await ordered(buyer, wish | {"expected_payable_fen": quote["payable_fen"]})
    assert (quote["payable_fen"], order["goods_fen"], order["off_fen"], order["payable_fen"]) == (
        25000,
        25000,
        0,
        25000,
    )
    assert [(line["line"], line["sku_id"], line["quantity"], line["payable_fen"]) for line in order["lines"]] == [
        (1, shop.sku_id, 2, 20000),
        (2, other, 1, 5000),
    ]
    assert [line["sku_id"] for line in quote["lines"]] == [shop.sku_id, other]
    assert (await free(shop, shop.sku_id), await free(shop, other)) == (98, 99)
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    for word in ("Pomelo", "Lychee"):
        found = (await shop.merchant.get("/api/v1/trade/console/orders", q=word)).json()
        assert [each["id"] for each in found["items"]] == [order["id"]], "found by each of its goods"
    sold = (await buyer.person.get("/api/v1/trade/listings")).json()["items"]
    assert {card["product_id"]: card["sold"] for card in sold}[shop.product_id] == 2


async def test_giving_it_up_frees_every_line_once(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    order = await ordered(buyer, two(shop, other))
    for _ in range(2):
        await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    assert (await free(shop, shop.sku_id), await free(shop, other)) == (100, 100)


async def test_a_line_that_is_sold_out_keeps_the_others_as_they_were(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    refused = await buyer.try_order("solo", sku_id=None, quantity=None, lines=two(shop, other, quantity=101)["lines"])
    assert (refused.status_code, refused.json()["code"]) == (409, "trade/sold-out")
    assert (refused.json()["sku_id"], refused.json()["available"]) == (shop.sku_id, 100)
    assert (await free(shop, shop.sku_id), await free(shop, other)) == (100, 100)


async def test_one_order_is_of_one_merchant(shop: Shop, world: World) -> None:
    elsewhere = await open_second_shop(world)
    buyer = await shop.shopper(1)
    wish = two(shop, elsewhere.sku_id) | {"address_id": buyer.address_id}
    for path in ("/api/v1/trade/orders/preview", "/api/v1/trade/orders"):
        refused = await buyer.person.post(path, wish)
        assert (refused.status_code, refused.json()["code"]) == (422, "trade/several-merchants")


async def open_second_shop(world: World) -> Shop:
    with pytest.MonkeyPatch.context() as patch:
        catalog = next(f for f in world.composition.facades.values() if f.module == "catalog")

        async def known_already(**_: Any) -> None:
            """The first shop has made the category."""

        patch.setattr(catalog, "add_category", known_already)
        return await open_shop(world)


def _lines(*lines: tuple[str, int]) -> dict[str, Any]:
    return {"lines": [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines]}


async def test_odd_lines_are_refused_and_change_nothing(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    campaign = await shop.campaign([2], [8000])
    mine, its = (shop.sku_id, 1), (other, 1)
    wishes: list[tuple[dict[str, Any], int, str]] = [
        ({"lines": []}, 422, "platform/invalid-request"),
        (_lines(mine, mine), 422, "platform/invalid-request"),
        (_lines(*[mine] * 51), 422, "platform/invalid-request"),
        (_lines(mine) | {"sku_id": other, "quantity": 1}, 422, "platform/invalid-request"),
        ({"sku_id": other}, 422, "platform/invalid-request"),
        ({}, 422, "platform/invalid-request"),
        (_lines(mine, (other, 0)), 422, "trade/bad-quantity"),
        (_lines(mine, (other, -1)), 422, "trade/bad-quantity"),
        (_lines(mine, (other, 10**9)), 422, "trade/bad-quantity"),
        (_lines(mine, (shop.product_id, 1)), 404, "trade/sku-not-found"),
        (_lines(mine, its) | {"mode": "open", "campaign_id": campaign["id"]}, 422, "platform/invalid-request"),
    ]
    for wish, status, code in wishes:
        refused = await buyer.person.post(
            "/api/v1/trade/orders", {"mode": "solo", "address_id": buyer.address_id} | wish
        )
        assert (refused.status_code, refused.json()["code"]) == (status, code), wish
    assert (await free(shop, shop.sku_id), await free(shop, other)) == (100, 100)
    assert (await buyer.person.get("/api/v1/trade/orders")).json()["items"] == []


BREAKS = {
    "order_lines_sum": [
        "update trade.order_line set quantity = 3, goods_fen = unit_fen * 3, payable_fen = unit_fen * 3 - off_fen",
        (
            "insert into trade.order_line select order_id, 3, product_id, gen_random_uuid(), product_name, sku_name,"
            " image_url, 1, list_unit_fen, unit_fen, unit_fen, 0, unit_fen, '{}' from trade.order_line where line = 1"
        ),
    ],
    "order_adjustments_sum": [
        "update trade.shop_order set freight_fen = 5, payable_fen = payable_fen + 5",
        (
            "insert into trade.order_adjustment select id, 1, null, 'freight', null, '{}', 5, 'merchant'"
            " from trade.shop_order"
        ),
    ],
}


@pytest.mark.parametrize(
    ("guard", "statement"), [(guard, each) for guard, statements in BREAKS.items() for each in statements]
)
@pytest.mark.damages
async def test_the_books_refuse_an_order_that_is_not_its_parts(shop: Shop, guard: str, statement: str) -> None:
    await ordered(await shop.shopper(1), two(shop, await another_product(shop)))
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        with pytest.raises(errors.CheckViolation) as refused, connection.transaction():
            connection.execute(statement.encode())
        assert refused.value.diag.constraint_name == guard
        # without the guard it would be stored
        for table in ("shop_order", "order_line", "order_adjustment"):
            connection.execute(f"alter table trade.{table} disable trigger user".encode())
        assert connection.execute(statement.encode()).rowcount > 0
        connection.rollback()
