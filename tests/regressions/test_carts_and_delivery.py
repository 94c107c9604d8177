"""What others' carts lost, kept and sold twice, and what their delivery cost."""

from typing import Any

import pytest

from tests.concurrency.stage import another_product
from tests.modules.trade.test_cart import add, buy, cart, drop, lines_in, units
from tests.modules.trade.test_freight import FREIGHT, TEMPLATES, TERMS, preview, sent_by, template
from tests.modules.trade.test_leaving_the_shelf import remove, withdraw
from tests.modules.trade.test_order_lines import open_second_shop
from tests.modules.trade.variants import document, edit, variants
from tests.regressions.evidence import ORDERS, at_once, later, rows, sound
from tests.support.shop import ADDRESS, Buyer, Shop
from tests.support.unions import two_accounts


async def _moved(buyer: Buyer, code: str, province: str) -> str:
    """Another address of theirs."""
    address = ADDRESS | {"province_code": code, "province": province, "city": province, "is_default": False}
    return str((await buyer.person.post("/api/v1/accounts/me/addresses", address)).json()["id"])


async def test_one_cart_is_one_order(shop: Shop) -> None:
    """https://github.com/myg321/AmazonCN-Mock/issues/19 (同一购物车重复提交订单), https://github.com/DuyITLOR/group05_eshop/issues/331
    and https://github.com/ds-mall/mall/pull/7: sent twice, a cart was two orders, and stock went below nothing.
    """
    other, buyer = await another_product(shop), await shop.shopper(1)
    for sku_id in (shop.sku_id, other):
        await add(buyer, sku_id, 2)
    await shop.set_stock(2)
    wanted = {shop.sku_id: 2, other: 2}
    assert await at_once(*(buy(buyer, wanted) for _ in range(4))) == {"201": 1, "trade/not-in-cart": 3}
    assert await units(buyer) == {}
    assert rows(shop, "select count(*) from trade.shop_order") == [(1,)]
    assert (await shop.stock())["available"] == 0
    await sound(shop)


async def test_who_buys_something_else_keeps_what_is_in_the_cart(shop: Shop) -> None:
    """https://github.com/linlinjava/litemall/issues/190: "buy now" emptied the cart, also of what was not bought;
    https://github.com/macrozheng/mall/issues/204: the cart could only be bought as a whole.
    """
    other, buyer = await another_product(shop), await shop.shopper(1)
    for sku_id in (shop.sku_id, other):
        await add(buyer, sku_id, 3)
    order = await buyer.order("solo", quantity=2)
    await buyer.pay(order["id"])
    assert await units(buyer) == {shop.sku_id: 3, other: 3}
    assert (await buy(buyer, {other: 2})).status_code == 201
    assert await units(buyer) == {shop.sku_id: 3, other: 1}


async def test_a_cart_takes_no_more_than_there_is_however_often_it_is_asked(shop: Shop) -> None:
    """https://github.com/mrvautin/expressCart/issues/47, https://github.com/smartstore/Smartstore/issues/651,
    https://github.com/duncanmcclean/simple-commerce/issues/548, https://github.com/AnthropicBots/compressor/issues/142

    Only what was added was looked at: one more, again and again, became more than there was.
    """
    buyer = await shop.shopper(1)
    await shop.set_stock(3)
    assert await at_once(*(add(buyer, shop.sku_id) for _ in range(6))) == {"200": 3, "trade/sold-out": 3}
    assert await units(buyer) == {shop.sku_id: 3}
    await shop.set_stock(1)
    [line] = await cart(buyer)
    assert (line["state"], line["quantity"], line["available"]) == ("few", 3, 1)
    assert (await buy(buyer, {shop.sku_id: 3})).json()["code"] == "trade/sold-out"
    assert (await buy(buyer, {shop.sku_id: 1})).status_code == 201


async def test_each_merchant_is_paid_its_own_delivery(shop: Shop) -> None:
    """https://github.com/getdokan/dokan/issues/878 and /issues/883 (split orders without any freight),
    https://github.com/williankeller/magento2-split-order/issues/9 (all of it in each), https://github.com/CodLance/Multivendor/issues/9
    """
    other = await open_second_shop(shop.world)
    await sent_by(shop)
    await sent_by(other, zones=[TERMS["zones"][0] | {"first_fen": 700}], undelivered=[])
    buyer = await shop.shopper(1)
    for sku_id in (shop.sku_id, other.sku_id):
        await add(buyer, sku_id)
    both = await buy(buyer, {shop.sku_id: 1, other.sku_id: 1})
    assert (both.json()["code"], both.json()["sku_id"]) == ("trade/several-merchants", other.sku_id)
    told = [(await buy(buyer, {sku_id: 1})).json() for sku_id in (shop.sku_id, other.sku_id)]
    assert [(order["merchant_id"], order["freight_fen"]) for order in told] == [
        (str(shop.merchant_id), 600),
        (str(other.merchant_id), 700),
    ]


@pytest.mark.parametrize(("leave", "state"), [(withdraw, "off_shelf"), (remove, "gone")])
async def test_what_is_not_sold_any_more_breaks_no_cart_and_is_not_bought(shop: Shop, leave: Any, state: str) -> None:
    """https://github.com/openfoodfoundation/openfoodnetwork/issues/4053, https://github.com/arterli/CmsWing/issues/11,
    https://github.com/lunarphp/lunar/issues/2367, https://github.com/duncanmcclean/simple-commerce/issues/11 (the cart,
    or every page, was an internal error), https://github.com/nashtech-garage/yas/issues/1094,
    https://github.com/linlinjava/litemall/issues/240 and /issues/261 (it was shown as before, and bought).
    """
    other, buyer = await another_product(shop), await shop.shopper(1)
    for sku_id in (shop.sku_id, other):
        await add(buyer, sku_id)
    await leave(shop)
    assert {line["sku_id"]: line["state"] for line in await cart(buyer)} == {shop.sku_id: state, other: "ready"}
    refused = await buy(buyer, {other: 1, shop.sku_id: 1})
    assert (refused.json()["code"], refused.json()["sku_id"]) == ("trade/sku-not-found", shop.sku_id)
    assert (await buy(buyer, {other: 1})).status_code == 201
    assert lines_in(await drop(buyer, shop.sku_id)) == []


async def test_a_variant_that_is_edited_keeps_its_place_in_carts(shop: Shop) -> None:
    """https://github.com/macrozheng/mall/issues/154 (saving a product made new variants: every cart was void),
    https://github.com/linlinjava/litemall/issues/260 (the price of the first addition stayed),
    https://github.com/linlinjava/litemall/issues/114 (what lay in a cart could not be edited any more).
    """
    buyer = await shop.shopper(1)
    await add(buyer, shop.sku_id)
    body = await document(shop)
    await edit(shop, body | {"skus": [body["skus"][0] | {"name": {"en": "two big ones"}, "solo_price_fen": 12000}]})
    [line] = await cart(buyer)
    told = (line["sku_name"], line["unit_price_fen"], line["added_price_fen"], line["state"])
    assert told == ({"en": "two big ones"}, 12000, 10000, "ready")
    [line] = lines_in(await add(buyer, shop.sku_id))
    assert (line["quantity"], line["added_price_fen"]) == (2, 12000)
    assert (await buy(buyer, {shop.sku_id: 2})).json()["payable_fen"] == 24000


async def test_signing_in_adds_nothing_to_a_cart(shop: Shop) -> None:
    """https://github.com/EC-CUBE/ec-cube/issues/4574, https://github.com/vuestorefront/vue-storefront/issues/5743 and
    /issues/4220: whoever signed in again, or loaded the page again, had everything twice.
    """
    two = await two_accounts(shop)
    await add(two.browser, shop.sku_id, 2)
    again = await shop.world.sign_in(two.phone)
    assert again.id == two.browser.person.id
    for _ in range(2):
        assert await units(Buyer(shop, again, two.browser.address_id)) == {shop.sku_id: 2}
    await add(two.mini_program, shop.sku_id)
    person = await two.unite()
    assert await units(person) == {shop.sku_id: 3}
    await later(shop, minutes=2)
    again = await shop.world.sign_in(two.phone)
    assert await units(Buyer(shop, again, two.browser.address_id)) == {shop.sku_id: 3}


async def test_delivery_is_free_from_what_is_paid_and_not_from_what_it_cost_before(shop: Shop) -> None:
    """https://github.com/woocommerce/woocommerce/issues/17274 and /issues/8020, https://github.com/craftcms/commerce/issues/1800,
    https://github.com/Merchello/Merchello/issues/2102, https://github.com/lightspeedretail/webstore/issues/139

    Free from 90 yuan: who paid 80 after a reduction was sent it free.
    """
    here = TERMS["zones"][0] | {"first_fen": 600, "free_from_fen": 9000}
    await sent_by(shop, zones=[here], undelivered=[])
    campaign = await shop.campaign([2], [8000])
    buyer = await shop.shopper(1)
    assert (await preview(buyer))["payable_fen"] == 10000
    order = await buyer.open(campaign)
    assert (order["freight_fen"], order["payable_fen"]) == (600, 8600)
    pair = await shop.shopper(2)
    assert (await preview(pair, mode="open", campaign_id=campaign["id"], quantity=2))["payable_fen"] == 16000


async def test_weights_are_summed_before_they_are_rounded(shop: Shop) -> None:
    """https://github.com/openfoodfoundation/openfoodnetwork/issues/6072: 1 g at 1 yuan per kg is nothing, so 1000 of it
    were sent for nothing; https://github.com/woocommerce/woocommerce-ios/issues/4643: a package weighed one of each;
    https://github.com/Automattic/woocommerce-services/issues/1293: each unit was rounded up and charged by itself.
    """
    per_kilo = TERMS["zones"][0] | {"first_units": 1000, "first_fen": 100, "further_units": 1000, "further_fen": 100}
    light, heavy = await variants(shop, 100, 200)
    made = await template(shop, unit="gram", zones=[per_kilo], undelivered=[])
    weights = [{"sku_id": light, "grams": 1}, {"sku_id": heavy, "grams": 333}]
    body = {"template_id": made["id"], "weights": weights, "version": 0}
    assert (await shop.merchant.put(f"{FREIGHT}/products/{shop.product_id}", body)).status_code == 200
    buyer = await shop.shopper(1)
    for lights, heavies, freight in ((1, 3, 100), (2, 3, 200), (1, 6, 200), (3, 6, 300)):
        lines = [{"sku_id": light, "quantity": lights}, {"sku_id": heavy, "quantity": heavies}]
        wish = {"mode": "solo", "lines": lines, "address_id": buyer.address_id}
        quote = (await buyer.person.post(f"{ORDERS}/preview", wish)).json()
        assert quote["freight_fen"] == freight, (lights, heavies)


async def test_another_address_is_another_freight(shop: Shop) -> None:
    """https://github.com/tastyigniter/TastyIgniter/issues/710 and /issues/107, https://github.com/verbb/postie/issues/140,
    https://github.com/PrestaShop/PrestaShop/issues/30984, https://github.com/smartstore/SmartStoreNET/issues/2204

    Who went back and chose another address kept the price, or the free delivery, of the first one.
    """
    await sent_by(shop)
    buyer = await shop.shopper(1)
    shown = await preview(buyer)
    assert (shown["freight_fen"], shown["payable_fen"]) == (600, 10600)
    beijing, xinjiang = await _moved(buyer, "110000", "北京市"), await _moved(buyer, "650000", "新疆维吾尔自治区")
    refused = await buyer.try_order("solo", address_id=beijing, expected_payable_fen=shown["payable_fen"])
    assert (refused.json()["code"], refused.json()["payable_fen"]) == ("trade/price-changed", 11500)
    refused = await buyer.try_order("solo", address_id=xinjiang, expected_payable_fen=shown["payable_fen"])
    assert refused.json()["code"] == "trade/not-deliverable"
    assert (await preview(buyer, address_id=beijing))["payable_fen"] == 11500


async def test_an_order_keeps_the_freight_of_its_day(shop: Shop) -> None:
    """https://github.com/PrestaShop/PrestaShop/issues/30238: a later threshold changed the freight of paid orders;
    https://github.com/jonassiewertsen/statamic-butik/issues/101: a removed profile broke the carts of its products,
    https://github.com/medusajs/medusa/pull/8910.
    """
    made = await sent_by(shop)
    campaign = await shop.campaign([2, 3], [8000, 7000])
    first, second = await shop.shopper(1), await shop.shopper(2)
    paid = await first.open(campaign)
    await first.pay(paid["id"])
    await add(second, shop.sku_id)
    dear = {"zones": [TERMS["zones"][0] | {"first_fen": 9900}], "undelivered": [], "name": "dear"}
    edited = await shop.merchant.put(f"{TEMPLATES}/{made['id']}", dear | {"version": made["version"]})
    assert edited.status_code == 200, edited.text
    joined = await second.join(paid["group_id"])
    assert (await first.see(paid["id"]))["freight_fen"] == 600
    assert joined["freight_fen"] == 9900
    removal = {"version": edited.json()["version"]}
    path = f"{TEMPLATES}/{made['id']}/remove"
    assert (await shop.merchant.post(path, removal)).json()["code"] == "trade/freight-template-used"
    gone = await shop.merchant.post(path, removal | {"move": {"template_id": None}})
    assert gone.status_code in (200, 204), gone.text
    assert [line["state"] for line in await cart(second)] == ["ready"]
    assert (await preview(second))["freight_fen"] == 0
    await second.pay(joined["id"])
    third = await shop.shopper(3)
    await third.pay((await third.join(paid["group_id"]))["id"])
    await later(shop, minutes=2)
    for buyer, order_id, payable, freight in ((first, paid["id"], 8600, 600), (second, joined["id"], 17900, 9900)):
        seen = await buyer.see(order_id)
        assert (seen["paid_fen"], seen["freight_fen"], seen["refunded_fen"]) == (payable, freight, 1000)
    await sound(shop)
