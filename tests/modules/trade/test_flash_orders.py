"""What becomes of an order of a flash sale is what becomes of every order: packed, shipped, received, given back."""

from datetime import timedelta

import pytest

from tests.modules.trade.test_kept_guards import PARCEL, later, pay_twice
from tests.support.flash import PRICE, flash_order, flash_sale, own_sale, units
from tests.support.invariants import violations
from tests.support.shop import Shop

CONSOLE = "/api/v1/trade/console/orders"


async def right(shop: Shop) -> bool:
    await shop.world.settle()
    return violations(shop.world.environ["CHENGTUAN_DATABASE_URL"]) == []


@pytest.mark.feature("F22")
async def test_it_is_packed_shipped_and_received(shop: Shop) -> None:
    sale_id, buyer = await flash_sale(shop, 3, per_user_limit=2), await shop.shopper(1)
    order = await flash_order(buyer, sale_id, quantity=2)
    await buyer.pay(order["id"])
    on_hand = (await shop.stock())["on_hand"]
    listed = (await shop.merchant.get(CONSOLE, status="to_ship")).json()["items"]
    assert [(each["id"], each["kind"]) for each in listed] == [(order["id"], "flash")]
    sent = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", PARCEL)
    assert sent.status_code == 201, sent.text
    assert (await buyer.see(order["id"]))["status"] == "shipped"
    assert (await shop.stock())["on_hand"] == on_hand - 2
    assert (await own_sale(shop, sale_id))["figures"]["units_paid"] == 2
    await later(shop, days=10)
    assert (await buyer.see(order["id"]))["status"] == "completed"
    assert await right(shop)


async def test_money_that_came_twice_goes_back_once_and_the_order_stands(shop: Shop) -> None:
    sale_id, buyer = await flash_sale(shop, 2), await shop.shopper(1)
    order = await flash_order(buyer, sale_id)
    await pay_twice(shop, buyer, order["id"])
    await later(shop, minutes=3)
    seen = await buyer.see(order["id"])
    assert [(refund["reason"], refund["amount_fen"]) for refund in seen["refunds"]] == [("late_payment", PRICE)]
    assert (seen["status"], seen["paid_fen"], seen["refunded_fen"]) == ("to_ship", 2 * PRICE, PRICE)
    assert await units(shop, sale_id) == (2, 0, 1, 1)
    figures = (await own_sale(shop, sale_id))["figures"]
    assert (figures["paid_orders"], figures["units_paid"], figures["revenue_fen"]) == (1, 1, PRICE)
    assert await right(shop)


async def test_money_that_comes_after_the_time_to_pay_buys_nothing_and_goes_back(shop: Shop) -> None:
    """The unit was offered on meanwhile, and is somebody else's."""
    sale_id, late, other = await flash_sale(shop, 1), await shop.shopper(1), await shop.shopper(2)
    order = await flash_order(late, sale_id)
    hand_over = await late.hand_over(order["id"])
    shop.world.clock.advance(timedelta(seconds=601))
    await late.pay_at(hand_over)
    await later(shop, minutes=3)
    assert (await late.see(order["id"]))["status"] in ("cancelled", "refunded")
    taken = await flash_order(other, sale_id)
    await other.pay(taken["id"])
    seen = await late.see(order["id"])
    assert seen["paid_fen"] == seen["refunded_fen"]
    assert await units(shop, sale_id) == (1, 0, 1, 0)
    figures = (await own_sale(shop, sale_id))["figures"]
    assert (figures["paid_orders"], figures["units_paid"], figures["revenue_fen"]) == (1, 1, PRICE)
    assert await right(shop)
