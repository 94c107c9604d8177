"""Complaints 1 to 11: more is sold than there is, late money, and stock taken hostage."""

import asyncio
import contextlib

import pytest

from tests.regressions.evidence import ORDERS, at_once, buyers, later, ledger, misbehave, rows, sound
from tests.stateful.cuts import Cut, scissors_at_hand
from tests.support.shop import Shop


async def test_an_ordinary_order_reserves_its_stock(shop: Shop) -> None:
    """https://github.com/macrozheng/mall/issues/185 (again in 136, 353, 376, 381, 511, 883, 885)

    "Ordinary shops all allow overselling": stock was looked at and taken at different times.
    """
    first, second = await buyers(shop, 2)
    await shop.set_stock(1)
    order = await first.order("solo")
    assert (await second.try_order("solo")).json()["code"] == "trade/sold-out", "taken, though not paid yet"
    await first.pay(order["id"])
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 1, "available": 0, "reserved": 1}


async def test_one_unit_and_two_buyers_leave_nobody_at_minus_one(shop: Shop) -> None:
    """https://github.com/gongfuxiang/shopxo/issues/38: stock 1, two buyers at once, stock -1."""
    await shop.set_stock(1)
    told = await at_once(*(buyer.try_order("solo") for buyer in await buyers(shop, 2)))
    assert told == {"201": 1, "trade/sold-out": 1}
    assert (await shop.stock())["available"] == 0


async def test_whoever_is_let_to_pay_gets_the_goods(shop: Shop) -> None:
    """https://github.com/vendurehq/vendure/issues/3508 and /issues/1738 (fixed by /pull/4930)

    Stock was checked in the cart and allocated after the payment: of the last item two were paid.
    """
    people = await buyers(shop, 6)
    await shop.set_stock(2)
    answers = await asyncio.gather(*(buyer.try_order("solo") for buyer in people))
    won = [(b, a.json()["id"]) for b, a in zip(people, answers, strict=True) if a.status_code == 201]
    await asyncio.gather(*(buyer.pay(order, settle=False) for buyer, order in won))
    await shop.world.settle()
    assert [(await buyer.see(order))["status"] for buyer, order in won] == ["to_ship"] * 2
    await sound(shop)


async def test_concurrent_checkouts_of_several_units_stop_at_zero(shop: Shop) -> None:
    """https://github.com/opencart/opencart/issues/4811: concurrent checkouts give negative stock."""
    await shop.set_stock(5)
    told = await at_once(*(buyer.try_order("solo", quantity=2) for buyer in await buyers(shop, 5)))
    assert told == {"201": 2, "trade/sold-out": 3}
    assert (await shop.stock())["available"] == 1
    await sound(shop)


async def test_the_last_item_goes_once_whichever_way_it_is_bought(shop: Shop) -> None:
    """https://github.com/openfoodfoundation/openfoodnetwork/issues/4018 (fixed by /pull/4136)

    "With little mistakes, this code is not effective at all": a second way to buy was such a mistake.
    """
    campaign = await shop.campaign([3], [9000])
    initiator, *others = await buyers(shop, 7)
    group = await initiator.open(campaign)
    await initiator.pay(group["id"])
    await shop.set_stock(2)
    told = await at_once(
        *(buyer.try_order("solo") for buyer in others[:2]),
        *(buyer.try_order("open", campaign_id=campaign["id"]) for buyer in others[2:4]),
        *(buyer.try_order("join", group_id=group["group_id"]) for buyer in others[4:]),
    )
    assert told == {"201": 1, "trade/sold-out": 5}
    await sound(shop)


@pytest.mark.parametrize("words", range(1, 10))
async def test_a_deduction_and_its_order_are_one(shop: Shop, words: int) -> None:
    """https://github.com/awesto/django-shop/issues/888: stock was taken step by step, without a transaction.

    Here the line to the database is cut after each word of the transaction in turn.
    """
    buyer = await shop.shopper(1)
    await shop.set_stock(3)
    with scissors_at_hand() as scissors:
        scissors.arm(words)
        with contextlib.suppress(Cut):
            await buyer.try_order("solo")
    reserved = (await shop.stock())["reserved"]
    assert rows(shop, "select count(*) from trade.shop_order") == [(reserved,)]
    assert rows(shop, "select count(*) from trade.stock_movement where reason = 'reserved'") == [(reserved,)]
    await sound(shop)


async def test_a_look_at_the_stock_is_no_right_to_it(shop: Shop) -> None:
    """https://github.com/simplcommerce/SimplCommerce/issues/1111, CVE-2024-53476

    Two checkouts passed the check of availability before either of them took anything.
    """
    await shop.set_stock(1)
    first, second = await buyers(shop, 2)
    wish = {"mode": "solo", "sku_id": shop.sku_id, "quantity": 1}
    looked = await at_once(*(buyer.person.post(f"{ORDERS}/preview", wish) for buyer in (first, second)))
    assert looked == {"200": 2}
    assert await at_once(first.try_order("solo"), second.try_order("solo")) == {"201": 1, "trade/sold-out": 1}


async def test_a_limit_holds_for_ten_requests_of_one_person_at_once(shop: Shop) -> None:
    """https://github.com/Paymenter/Paymenter/issues/965: time of check to time of use, limits included."""
    campaign = await shop.campaign([3], [9000], per_user_limit=2)
    buyer = await shop.shopper(1)
    told = await at_once(*(buyer.try_order("open", campaign_id=campaign["id"]) for _ in range(10)))
    assert told == {"201": 2, "trade/purchase-limit": 8}
    await sound(shop)


async def test_a_race_for_the_last_place_never_harms_a_good_order(shop: Shop) -> None:
    """https://github.com/saleor/saleor/pull/15855 (also spree/pull/3808, shopperlabs/shopper/issues/510)

    Two orders raced for the last use of a voucher, and the good one was refunded. A campaign's last unit is
    what we have like it: who got it keeps it, and the others learn so before they pay.
    """
    campaign = await shop.campaign([2], [9000], stock_cap=2)
    first, second, *others = await buyers(shop, 6)
    group = await first.open(campaign)
    await first.pay(group["id"])
    last = await second.join(group["group_id"])
    told, _ = await asyncio.gather(
        at_once(*(buyer.try_order("open", campaign_id=campaign["id"]) for buyer in others)),
        second.pay(last["id"], settle=False),
    )
    assert told == {"trade/sold-out": 4}
    await shop.world.settle()
    assert [(await b.see(o["id"]))["status"] for b, o in ((first, group), (second, last))] == ["to_ship"] * 2
    assert (await ledger(shop))["refunds"] == []
    await sound(shop)


async def test_money_that_comes_after_the_timeout_goes_back(shop: Shop) -> None:
    """https://github.com/codingXiaxw/seckill/issues/41: a payment arrives after the order's timeout."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    hand_over = await buyer.hand_over(order["id"])
    await misbehave(shop, "pay_late", seconds=1200)
    await buyer.pay_at(hand_over)
    for _ in range(6):
        await later(shop, minutes=10)
    seen = await buyer.see(order["id"])
    assert (seen["status"], seen["paid_fen"], seen["refunded_fen"]) in (
        ("cancelled", 10000, 10000),
        ("to_ship", 10000, 0),  # the provider said that the payer was paying, and the order waited
    )
    await sound(shop)


async def test_stock_is_not_taken_hostage(shop: Shop) -> None:
    """https://github.com/dujiao-next/dujiao-next/issues/105: unpaid orders lock all stock for 15 minutes.

    Who takes everything holds it for five minutes, and after ten orders that lapsed takes nothing for an hour.
    """
    hoarder, honest = await buyers(shop, 2)
    lapsed = 0
    while (attempt := await hoarder.try_order("solo", quantity=100)).status_code == 201:
        lapsed += 1
        assert (await honest.try_order("solo")).json()["code"] == "trade/sold-out"
        await later(shop, minutes=5, seconds=1)
        assert (await shop.stock())["available"] == 100, "after five minutes, not fifteen"
    assert attempt.json()["code"] == "trade/too-many-departures"
    assert lapsed <= 10
    await honest.pay((await honest.order("solo", quantity=100))["id"])
    await sound(shop)
