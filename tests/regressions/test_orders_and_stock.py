"""What others' shops did to orders after they were placed, and to the stock behind them."""

from typing import Any
from uuid import uuid4

from tests.concurrency.stage import another_product
from tests.modules.trade.variants import document, edit, try_edit
from tests.regressions.evidence import ORDERS, at_once, buyers, later, ledger, rows, sound
from tests.support.shop import ADDRESS, Buyer, Shop, open_shop

PARCEL = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}


async def _ship(shop: Shop, order_id: str, number: str = PARCEL["tracking_no"]) -> Any:
    parcel = PARCEL | {"tracking_no": number}
    answer = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order_id}/ship", parcel)
    await shop.world.settle()
    return answer


async def _cancel(buyer: Buyer, order_id: str) -> Any:
    return await buyer.person.post(f"{ORDERS}/{order_id}/cancel")


async def _reprice(shop: Shop, fen: int) -> None:
    body = await document(shop)
    await edit(shop, body | {"skus": [body["skus"][0] | {"solo_price_fen": fen}]})


async def test_a_clerks_figure_does_not_bring_back_what_was_sold_meanwhile(shop: Shop) -> None:
    """https://github.com/woocommerce/woocommerce/issues/16780 and /issues/15818

    The form was opened at 5, one was sold, and two that came in were saved as 7.
    """
    await shop.set_stock(5)
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    assert (await _ship(shop, order["id"])).status_code == 201
    stale = await shop.count(7, expected=5)
    assert (stale.status_code, stale.json()["code"], stale.json()["on_hand"]) == (409, "trade/stock-moved", 4)
    assert (await shop.move(2)).status_code == 200
    assert (await shop.stock())["on_hand"] == 6


async def test_what_was_held_is_given_back_once(shop: Shop) -> None:
    """https://github.com/woocommerce/woocommerce/issues/22489, https://github.com/magento/magento2/issues/9969 and
    https://github.com/PrestaShop/PrestaShop/issues/35460: cancelled, refunded and timed out, stock came back twice.
    """
    await shop.set_stock(10)
    campaign = await shop.campaign([2], [8000])
    first, second = await buyers(shop, 2)
    unpaid = await first.order("solo", quantity=2)
    paid = await second.open(campaign, quantity=3)
    await second.pay(paid["id"])
    assert await at_once(*(_cancel(first, unpaid["id"]) for _ in range(3))) == {"200": 3}
    await later(shop, hours=1)
    await later(shop, minutes=2)
    assert (await _cancel(second, paid["id"])).json()["code"] == "trade/wrong-order-state"
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 10, "available": 10, "reserved": 0}
    await sound(shop)


async def test_a_price_changed_while_somebody_pays_is_not_theirs(shop: Shop) -> None:
    """https://github.com/PrestaShop/PrestaShop/issues/11507 and /issues/9478,
    https://github.com/cubecart/v6/issues/1215

    The amount was computed again when the money came, did not fit, and a paid order was a payment error.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", quantity=2)
    where = await buyer.hand_over(order["id"])
    await _reprice(shop, 15000)
    assert await buyer.pay_at(where) == "paid"
    await shop.world.settle()
    seen = await buyer.see(order["id"])
    assert (seen["status"], seen["paid_fen"], seen["lines"][0]["unit_price_fen"]) == ("to_ship", 20000, 10000)
    assert (await ledger(shop))["refunds"] == []
    await sound(shop)


async def test_nobody_buys_at_a_price_they_have_not_seen(shop: Shop) -> None:
    """https://github.com/spree/spree/issues/11801, https://github.com/shopware/shopware/issues/1741

    Between the summary and the order the price changed: the old one was charged, or the new one unseen.
    """
    buyer = await shop.shopper(1)
    wish = {"mode": "solo", "sku_id": shop.sku_id, "quantity": 1, "address_id": buyer.address_id}
    shown = (await buyer.person.post(f"{ORDERS}/preview", wish)).json()["payable_fen"]
    for price in (15000, 9000):
        await _reprice(shop, price)
        refused = await buyer.try_order("solo", expected_payable_fen=shown)
        told = (refused.status_code, refused.json()["code"], refused.json()["payable_fen"])
        assert told == (409, "trade/price-changed", price)
    assert rows(shop, "select count(*) from trade.shop_order") == [(0,)]
    assert (await buyer.order("solo", expected_payable_fen=9000))["payable_fen"] == 9000


async def test_an_order_stays_what_it_was_when_it_was_placed(shop: Shop) -> None:
    """https://github.com/PrestaShop/PrestaShop/issues/21712, https://github.com/nopSolutions/nopCommerce/issues/5184
    and https://github.com/openfoodfoundation/openfoodnetwork/issues/13969: a product that was deleted or renamed
    changed its old orders or broke their page; https://github.com/PrestaShop/PrestaShop/issues/17978 (and pull 5228):
    an edited address changed all orders that had gone to it.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    body = await document(shop)
    other = {"id": None, "name": {"en": "another variant"}, "solo_price_fen": 500}
    await edit(shop, body | {"name": {"en": "Renamed"}, "skus": [other]})
    await shop.merchant.post(f"/api/v1/catalog/console/products/{shop.product_id}/unpublish")
    moved = ADDRESS | {"name": "王五", "detail": "別處 2 號", "version": 1}
    path = f"/api/v1/accounts/me/addresses/{buyer.address_id}"
    assert (await buyer.person.put(path, moved)).status_code == 200
    await shop.world.settle()
    await buyer.pay(order["id"])
    assert (await _ship(shop, order["id"])).status_code == 201
    console = (await shop.merchant.get(f"/api/v1/trade/console/orders/{order['id']}")).json()
    for seen in (await buyer.see(order["id"]), console):
        lines = [line | {"sent": 1} for line in order["lines"]]
        assert (seen["status"], seen["lines"], seen["payable_fen"]) == ("shipped", lines, 10000)
        assert (seen["address"]["name"], seen["address"]["detail"]) == (ADDRESS["name"], ADDRESS["detail"])


async def test_what_is_on_its_way_is_not_cancelled_and_what_goes_back_is_not_sent(shop: Shop) -> None:
    """https://github.com/janavipandole/Cara/issues/5625: a shipped order could be cancelled, and was restocked;
    https://github.com/woocommerce/woocommerce-ios/issues/1859: refunded goods were offered to be packed.
    """
    campaign = await shop.campaign([2], [8000])
    first, second = await buyers(shop, 2)
    sent, back = await first.order("solo"), await second.open(campaign)
    await first.pay(sent["id"])
    await second.pay(back["id"])
    assert (await _ship(shop, sent["id"])).status_code == 201
    assert (await _cancel(first, sent["id"])).json()["code"] == "trade/wrong-order-state"
    assert (await _cancel(second, back["id"])).status_code == 200
    for _ in range(2):  # on its way back, then back
        refused = await _ship(shop, back["id"], "SF9876543210987")
        assert (refused.status_code, refused.json()["code"]) == (409, "fulfilment/not-shippable")
        await later(shop, minutes=2)
    assert ((await first.see(sent["id"]))["status"], (await second.see(back["id"]))["status"]) == (
        "shipped",
        "refunded",
    )
    await sound(shop)


async def test_a_key_is_its_owners(shop: Shop) -> None:
    """https://github.com/nensii21/devlink/issues/773 and https://github.com/janavipandole/Cara/issues/4929

    One key of two people gave the second one the first one's answer, and keys at once an internal error.
    """
    first, second = await buyers(shop, 2)
    key = uuid4()
    told = await at_once(*(buyer.try_order("solo", key=key) for buyer in (first, second) for _ in range(3)))
    assert told == {"201": 6}
    mine = [(await buyer.person.get(ORDERS)).json()["items"] for buyer in (first, second)]
    assert [len(orders) for orders in mine] == [1, 1]
    assert mine[0][0]["id"] != mine[1][0]["id"]


async def test_a_large_total_is_exact(shop: Shop) -> None:
    """https://github.com/EC-CUBE/ec-cube/issues/713: 999999999 × 100 was a system error at the checkout;
    https://github.com/simplcommerce/SimplCommerce/issues/1110, CVE-2024-50944: it became negative.
    """
    await _reprice(shop, 100_000_00)
    await shop.set_stock(1998)
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", quantity=999)
    await buyer.pay(order["id"])
    seen = await buyer.see(order["id"])
    assert (seen["payable_fen"], seen["paid_fen"], seen["status"]) == (9_990_000_000, 9_990_000_000, "to_ship")
    assert (await buyer.try_order("solo", quantity=2**31)).json()["code"] == "trade/bad-quantity"
    await _reprice(shop, 100_000_000_00)
    assert (await buyer.try_order("solo", quantity=999)).json()["code"] == "trade/order-too-large"
    await sound(shop)


async def test_one_merchants_staff_act_on_nothing_of_anothers(shop: Shop) -> None:
    """https://github.com/getdokan/dokan/pull/3291, https://github.com/multivendorx/dc-woocommerce-multi-vendor/issues/112
    and https://github.com/dotnet/eShop/issues/996: any vendor could read, ship or change any order by its number.
    """
    other = await open_shop(shop.world)
    campaign = await shop.campaign([3], [8000])
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    body = await document(shop)
    stranger = other.merchant
    told = [
        await stranger.get(f"/api/v1/trade/console/orders/{order['id']}"),
        await stranger.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", PARCEL),
        await stranger.get(f"/api/v1/catalog/console/products/{shop.product_id}"),
        await stranger.put(f"/api/v1/catalog/console/products/{shop.product_id}", body),
        await stranger.post(f"/api/v1/trade/console/stock/{shop.sku_id}/movements", {"delta": 9, "reason": "received"}),
        await stranger.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop"),
    ]
    assert [answer.status_code for answer in told] == [404] * len(told), [answer.text for answer in told]
    assert (await stranger.get("/api/v1/trade/console/orders")).json()["items"] == []
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    assert (await try_edit(shop, body)).status_code == 200, "its version is still the one that was read"


async def test_who_gave_up_at_the_cashier_pays_later(shop: Shop) -> None:
    """https://github.com/yansongda/pay/issues/705, https://github.com/dromara/payment-spring-boot/issues/38 and
    https://github.com/fudiwei/DotNetCore.SKIT.FlurlHttpClient.Wechat/issues/126, https://github.com/GMWalletApp/epusdt/issues/108

    "201 商户订单号重复": an order once left at the cashier could not be paid any more.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    left = await buyer.hand_over(order["id"])
    await later(shop, minutes=6)  # the cashier's page is good for five
    again = await buyer.hand_over(order["id"])
    assert rows(shop, "select count(distinct out_trade_no) from payments.payment") == [(1,)]
    assert left["channel"] == again["channel"] == "wechat_h5"
    assert await buyer.pay_at(again) == "paid"
    await shop.world.settle()
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    await sound(shop)


async def test_what_is_held_can_be_counted_and_not_counted_away(shop: Shop) -> None:
    """https://github.com/frappe/erpnext/issues/49382 (no count at all while something is reserved),
    https://github.com/saleor/saleor/pull/17170 (a count below what is promised: -5 are left).
    """
    buyer = await shop.shopper(1)
    await shop.set_stock(8)
    order = await buyer.order("solo", quantity=5)
    assert (await shop.count(6, expected=8)).status_code == 200
    assert (await shop.count(5, expected=6)).status_code == 200
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 5, "available": 0, "reserved": 5}
    refused = await shop.count(4, expected=5)
    assert (refused.status_code, refused.json()["code"]) == (409, "trade/stock-too-low")
    assert (await shop.move(-1, "damaged")).json()["code"] == "trade/stock-too-low"
    await buyer.pay(order["id"])
    assert (await _ship(shop, order["id"])).status_code == 201
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 0, "available": 0, "reserved": 0}
    await sound(shop)


async def test_a_variant_stays_with_its_product(shop: Shop) -> None:
    """https://github.com/mercurjs/mercur/pull/1545: with another product's variant in a request for one's own, the
    other one was changed. The same for what else is said of variants: weights, prices of campaigns, stock.
    """
    mine, other = await another_product(shop), await open_shop(shop.world)
    body = await document(shop)
    for foreign in (mine, other.sku_id):
        stolen = body["skus"] + [{"id": foreign, "name": {"en": "mine"}, "solo_price_fen": 1}]
        refused = await try_edit(shop, body | {"skus": stolen})
        assert (refused.status_code, refused.json()["code"]) == (422, "catalog/unknown-sku")
        tiers = [{"people": 2, "prices": [{"sku_id": foreign, "price_fen": 1}]}]
        assert (await shop.try_campaign([2], [1], tiers=tiers)).status_code in (404, 422)
        weights = {"template_id": None, "weights": [{"sku_id": foreign, "grams": 1}], "version": 0}
        path = f"/api/v1/trade/console/freight/products/{shop.product_id}"
        assert (await shop.merchant.put(path, weights)).status_code in (404, 422)
    moved = {"delta": 1, "reason": "received"}
    path = f"/api/v1/trade/console/stock/{other.sku_id}/movements"
    assert (await shop.merchant.post(path, moved)).status_code == 404
    prices = rows(shop, "select solo_price_fen from trade.listing_sku order by 1")
    assert prices == [(5000,), (10000,), (10000,)]
    assert rows(shop, "select count(*) from trade.sku_weight") == [(0,)]
