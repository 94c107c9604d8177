"""A flash sale: announced with its units set aside, taken of by pressing once, paid or offered on, and over."""

from datetime import timedelta

import pytest

from tests.support.flash import (
    PRICE,
    flash_order,
    flash_sale,
    hold,
    own_sale,
    public_sale,
    see_hold,
    try_hold,
    units,
)
from tests.support.shop import Shop
from tests.support.stock import step, trace


@pytest.mark.feature("F22")
async def test_its_units_are_set_aside_and_nobody_else_buys_them(shop: Shop) -> None:
    await shop.set_stock(10)
    sale_id = await flash_sale(shop, 8)
    stock = await shop.stock()
    assert (stock["on_hand"], stock["available"], stock["reserved"]) == (10, 2, 8)
    newest = (await trace(shop))[0]
    assert step(newest) == ("set_aside", 10, 2, None)
    assert (newest["flash_sale_id"], newest["by"]) == (sale_id, "Owner")
    refused = await (await shop.shopper(1)).try_order("solo", quantity=3)
    assert refused.json()["code"] == "trade/sold-out"


@pytest.mark.feature("F22", "F50")
async def test_who_presses_once_has_a_hold_then_an_order_at_the_flash_price(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 3, per_user_limit=2)
    buyer = await shop.shopper(1)
    held = await hold(buyer, sale_id, quantity=2)
    assert (held["status"], held["order_id"], held["sale_id"], held["quantity"]) == ("held", None, sale_id, 2)
    assert await units(shop, sale_id) == (3, 2, 0, 1)
    await shop.world.settle()
    seen = await see_hold(buyer, held["id"])
    assert seen["status"] == "ordered"
    order = await buyer.see(seen["order_id"])
    assert (order["kind"], order["flash_sale_id"], order["status"]) == ("flash", sale_id, "pending_payment")
    assert (order["goods_fen"], order["lines"][0]["unit_price_fen"]) == (2 * PRICE, PRICE)
    assert await units(shop, sale_id) == (3, 0, 2, 1)
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    figures = (await own_sale(shop, sale_id))["figures"]
    assert figures == {
        "people_holding": 0,
        "unpaid_orders": 0,
        "paid_orders": 1,
        "units_paid": 2,
        "revenue_fen": 2 * PRICE,
    }


@pytest.mark.feature("F22")
async def test_what_is_not_paid_in_time_is_offered_on(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 1)
    first, second = await shop.shopper(1), await shop.shopper(2)
    order = await flash_order(first, sale_id)
    assert (await try_hold(second, sale_id)).json()["code"] == "trade/flash-sold-out"
    assert (await public_sale(shop, sale_id))["state"] == "sold_out"
    shop.world.clock.advance(timedelta(seconds=601))
    await shop.world.settle()
    assert (await first.see(order["id"]))["status"] == "cancelled"
    assert (await public_sale(shop, sale_id))["free"] == 1
    assert (await flash_order(second, sale_id))["status"] == "pending_payment"


@pytest.mark.feature("F22")
async def test_what_is_left_at_the_end_is_free_again_and_orders_stand(shop: Shop) -> None:
    await shop.set_stock(10)
    sale_id = await flash_sale(shop, 5, for_s=600)
    paying, leaving = await shop.shopper(1), await shop.shopper(2)
    shop.world.clock.advance(timedelta(seconds=300))
    order, other = await flash_order(paying, sale_id), await flash_order(leaving, sale_id)
    shop.world.clock.advance(timedelta(seconds=300))
    await shop.world.settle()
    assert await units(shop, sale_id) == (2, 0, 2, 0)
    assert (await shop.stock())["available"] == 8
    assert (await try_hold(await shop.shopper(3), sale_id)).json()["code"] == "trade/flash-sale-ended"
    await paying.pay(order["id"])
    assert (await paying.see(order["id"]))["status"] == "to_ship"
    shop.world.clock.advance(timedelta(seconds=301))
    await shop.world.settle()
    assert (await leaving.see(other["id"]))["status"] == "cancelled"
    assert await units(shop, sale_id) == (1, 0, 1, 0)
    assert (await shop.stock())["available"] == 9


@pytest.mark.feature("F22", "F34")
async def test_its_orders_are_listed_by_themselves(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 2)
    buyer = await shop.shopper(1)
    order, other = await flash_order(buyer, sale_id), await buyer.order("solo")
    console = "/api/v1/trade/console/orders"

    async def listed(**query: str) -> list[str]:
        answer = await shop.merchant.get(console, **query)
        return [each["id"] for each in answer.json()["items"]]

    assert await listed(flash_sale_id=sale_id) == [order["id"]]
    assert await listed(flash_sale_id=sale_id, status="completed") == []
    assert set(await listed()) >= {order["id"], other["id"]}
