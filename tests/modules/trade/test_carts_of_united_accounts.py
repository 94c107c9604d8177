"""Two accounts that become one have one cart (X12)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from chengtuan.modules.trade.limits import MAX_QUANTITY
from tests.concurrency.stage import another_product
from tests.modules.trade.test_cart import CART, add, buy, cart, drop, lines_in, put, units
from tests.support.shop import Shop
from tests.support.stock import rows as rows_of
from tests.support.unions import two_accounts

pytestmark = pytest.mark.feature("X12")


async def test_united_accounts_have_one_cart(shop: Shop) -> None:
    other, two = await another_product(shop), await two_accounts(shop)
    key = uuid4()
    await add(two.browser, shop.sku_id, 2, key=key)
    await add(two.mini_program, shop.sku_id, 3)
    await add(two.mini_program, other, 4)
    person = await two.unite()
    assert await units(person) == {shop.sku_id: 5, other: 4}
    assert (await person.person.get(f"{CART}/count")).json() == {"lines": 2}
    await add(person, shop.sku_id, 2, key=key)
    assert await units(person) == {shop.sku_id: 5, other: 4}, "what either account had asked for is known"
    line = next(line for line in await cart(person) if line["sku_id"] == shop.sku_id)
    await put(person, line, 6)
    await add(person, other)
    assert await units(person) == {shop.sku_id: 6, other: 5}
    bought = await buy(person, {shop.sku_id: 5, other: 5})
    assert bought.status_code == 201, bought.text
    assert await units(person) == {shop.sku_id: 1}


async def test_lines_that_come_together_are_no_more_than_a_line_may_be(shop: Shop) -> None:
    two, half = await two_accounts(shop), MAX_QUANTITY // 2 + 1
    await shop.set_stock(2 * MAX_QUANTITY)
    await add(two.mini_program, shop.sku_id, half)
    shop.world.clock.advance(timedelta(seconds=1))
    rows_of(shop, "update trade.listing_sku set solo_price_fen = 12000 returning 1")
    await add(two.browser, shop.sku_id, half)
    person = await two.unite()
    [line] = await cart(person)
    assert (line["quantity"], line["added_price_fen"]) == (MAX_QUANTITY, 12000), "the price that was seen last"
    assert (await buy(person, {shop.sku_id: 1})).status_code == 201
    assert await units(person) == {shop.sku_id: MAX_QUANTITY - 1}


async def test_an_order_takes_from_lines_of_both_accounts(shop: Shop) -> None:
    two = await two_accounts(shop)
    await add(two.browser, shop.sku_id, 2)
    await add(two.mini_program, shop.sku_id, 3)
    person = await two.unite()
    assert (await buy(person, {shop.sku_id: 6})).json()["code"] == "trade/not-in-cart"
    assert (await buy(person, {shop.sku_id: 4})).status_code == 201
    assert await units(person) == {shop.sku_id: 1}
    assert lines_in(await drop(person, shop.sku_id)) == []
