"""What others' shops sent twice, not at all, or could not send any more."""

from typing import Any

from tests.concurrency.stage import another_product
from tests.modules.fulfilment.support import parcels, pieces, ship, try_ship
from tests.modules.trade.test_leaving_the_shelf import remove
from tests.modules.trade.test_order_lines import ordered
from tests.regressions.evidence import ORDERS, at_once, rows, sound
from tests.support.shop import Buyer, Shop

NUMBERS = [f"SF100000000000{nth}" for nth in range(6)]


async def _paid(shop: Shop, buyer: Buyer, first: int, second: int = 0) -> str:
    """So many of the shop's own variant, and of another product's."""
    lines = [{"sku_id": shop.sku_id, "quantity": first}]
    if second:
        lines.append({"sku_id": await another_product(shop), "quantity": second})
    order = await ordered(buyer, {"mode": "solo", "lines": lines})
    await buyer.pay(order["id"])
    return str(order["id"])


async def _sent(buyer: Buyer, order_id: str) -> tuple[str, list[int]]:
    order = await buyer.see(order_id)
    return order["status"], [line["sent"] for line in order["lines"]]


async def test_pieces_of_a_line_go_one_after_the_other_until_all_have_gone(shop: Shop) -> None:
    """https://github.com/vendurehq/vendure/issues/2191: two of three pieces of a line could not be shipped;
    https://github.com/solidusio/solidus/issues/2622: after the first carton the rest could not be;
    https://github.com/magento/magento2/issues/40167: after some of four the order was complete;
    https://github.com/koziarskim/mpb/issues/75: a second parcel offered what the first one had;
    https://github.com/inklabs/kommerce-core/issues/15: all was shipped, and the order "partially shipped".
    """
    buyer = await shop.shopper(1)
    order_id = await _paid(shop, buyer, 3, 1)
    await ship(shop, order_id, NUMBERS[0], lines=pieces(l1=2))
    assert await _sent(buyer, order_id) == ("to_ship", [2, 0])
    again = await try_ship(shop, order_id, NUMBERS[1], lines=pieces(l1=2))
    assert (again.status_code, again.json()["code"], again.json()["left"]) == (409, "trade/fewer-pieces-left", 1)
    await ship(shop, order_id, NUMBERS[1], lines=pieces(l2=1))
    assert await _sent(buyer, order_id) == ("to_ship", [2, 1])
    last = await ship(shop, order_id, NUMBERS[2])
    assert last["lines"] == [{"line": 1, "quantity": 1}]
    assert await _sent(buyer, order_id) == ("shipped", [3, 1])
    await sound(shop)


async def test_no_piece_goes_in_two_parcels(shop: Shop) -> None:
    """https://github.com/medusajs/medusa/issues/2585, https://github.com/saleor/saleor/pull/16582,
    https://github.com/spree/spree/pull/14261, https://github.com/ten24/slatwall/issues/5268

    What was left was looked at before it was taken: clerks at once, or one with two clicks, sent more than was bought.
    """
    buyer = await shop.shopper(1)
    order_id = await _paid(shop, buyer, 3)
    parts = (try_ship(shop, order_id, number, lines=pieces(l1=2)) for number in NUMBERS)
    assert await at_once(*parts) == {"201": 1, "trade/fewer-pieces-left": 5}
    whole = (try_ship(shop, order_id, number) for number in NUMBERS)
    told = await at_once(*whole)
    await shop.world.settle()
    assert told["201"] == 2, "the label that is known, and the rest"
    assert [parcel["lines"][0]["quantity"] for parcel in await parcels(shop, order_id)] == [2, 1]
    assert await _sent(buyer, order_id) == ("shipped", [3])
    assert (await shop.stock()) | {"sku_id": ""} == {"sku_id": "", "on_hand": 97, "available": 97, "reserved": 0}
    await sound(shop)


async def test_what_is_not_made_any_more_is_still_sent_and_given_back(shop: Shop) -> None:
    """https://github.com/vendurehq/vendure/issues/2434 and https://github.com/saleor/saleor/pull/8057 (an order of a
    variant that was deleted could not be sent), https://github.com/craftcms/commerce/issues/3677 (nor opened),
    https://github.com/openfoodfoundation/openfoodnetwork/issues/5335 (nor cancelled).
    """
    first, second = await shop.shopper(1), await shop.shopper(2)
    order_id = await _paid(shop, first, 2)
    unpaid = await second.order("solo", quantity=3)
    await ship(shop, order_id, NUMBERS[0], lines=pieces(l1=1))
    await remove(shop)
    await ship(shop, order_id, NUMBERS[1])
    assert await _sent(first, order_id) == ("shipped", [2])
    assert (await second.person.post(f"{ORDERS}/{unpaid['id']}/cancel")).json()["status"] == "cancelled"
    seen: Any = (await shop.merchant.get(f"/api/v1/trade/console/orders/{unpaid['id']}")).json()
    assert (seen["status"], seen["lines"][0]["sku_name"]) == ("cancelled", {"en": "2 pieces"})
    held = "select on_hand, available, reserved from trade.stock where sku_id = %s"
    assert rows(shop, held, shop.sku_id) == [(98, 98, 0)]
    await sound(shop)


async def test_a_label_is_the_same_however_it_is_typed(shop: Shop) -> None:
    """https://github.com/jkeen/tracking_number/pull/85, https://github.com/gbrodman/order-tracking/pull/107,
    https://github.com/hdnpt/geartrack-website/issues/71, https://github.com/philterd/phileas/issues/14: a number in
    small letters, or with spaces, was another one, or none.
    """
    buyer = await shop.shopper(1)
    order_id = await _paid(shop, buyer, 3)
    sent = await ship(shop, order_id, NUMBERS[0], lines=pieces(l1=1))
    number = NUMBERS[0]
    wide = number.translate({ord(sign): ord(sign) + 0xFEE0 for sign in number})
    for typed in (number.lower(), f"{number[:6]} {number[6:]}", f" {number.lower()}\u200b", wide):
        again = await try_ship(shop, order_id, typed, lines=pieces(l1=1))
        assert (again.status_code, again.json()["id"]) == (201, sent["id"]), typed
        found = (await shop.merchant.get("/api/v1/trade/console/orders", q=typed)).json()["items"]
        assert [each["id"] for each in found] == [order_id], typed
    assert await _sent(buyer, order_id) == ("to_ship", [1])


async def test_a_later_parcel_hides_no_earlier_one_and_late_news_moves_nothing_back(shop: Shop) -> None:
    """https://github.com/NEARBuilders/nearmerch.com/issues/214: the second parcel's number took the place of the first
    one's, and what had been delivered was "shipped" again.
    """
    buyer = await shop.shopper(1)
    order_id = await _paid(shop, buyer, 2)
    first = await ship(shop, order_id, NUMBERS[0], lines=pieces(l1=1))
    await ship(shop, order_id, NUMBERS[1])
    received = await buyer.person.post(f"{ORDERS}/{order_id}/confirm-receipt")
    assert received.json()["status"] == "completed", received.text
    path = f"/api/v1/fulfilment/console/parcels/{first['id']}/corrections"
    corrected = await shop.merchant.post(path, {"carrier_code": "SF", "tracking_no": NUMBERS[2]})
    await shop.world.settle()
    again = await try_ship(shop, order_id, NUMBERS[1])
    assert again.status_code in (200, 201, 409)
    assert await _sent(buyer, order_id) == ("completed", [2])
    told = [parcel["tracking_no"] for parcel in await parcels(shop, order_id)]
    assert told == [NUMBERS[2] if corrected.status_code < 300 else NUMBERS[0], NUMBERS[1]]
    await sound(shop)
