"""The same story in WeChat: the unmodified mini-program build, on the runner."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.campaign_form import create_campaign
from tests.journeys.conftest import NewFriend, NewMerchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS
from tests.support.browser import NewMiniProgram
from tests.support.mini_program import MiniProgram

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def sees(app: MiniProgram, target: str, text: str | re.Pattern[str]) -> None:
    await expect(app.find(target).first).to_contain_text(text, timeout=SEEN_WITHIN_MS)


async def order_and_pay(app: MiniProgram, *, sees_back: str | None = None) -> None:
    """From the checkout over an address taken from WeChat to the result page.

    `sees_back`: what the checkout says comes back to an initiator.
    """
    await app.tap(".t-add-address")
    async with asyncio.timeout(15):
        while "/address" not in await app.path():  # the checkout has a button of the same name
            await asyncio.sleep(0.1)
    if await app.path() == "pages-user/addresses/index":
        await app.tap(".t-add-address")
    await app.tap(".t-import")
    await app.tap(".t-save")
    await app.see(".t-payable")
    if sees_back is not None:
        await sees(app, ".t-perk-back", sees_back)
        await app.person.shot("checkout")
    await app.tap(".t-submit-order")
    await sees(app, ".t-pay-state", re.compile("付款成功|成團了"))


@pytest.mark.feature("F10", "F96")
async def test_two_phones_and_three_friends_form_a_group_in_wechat(
    clients: Path,
    running_shop: RunningShop,
    mini_program: NewMiniProgram,
    friend: NewFriend,
    new_merchant: NewMerchant,
) -> None:
    listing = await running_shop.listing(kind="fixed", people=5, skip=1)
    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url}
    build = clients / "mp-weixin"
    product = f"/pages-goods/product/index?id={listing['product_id']}"
    initiator = await mini_program(build, name="小明在微信", phone="13600000001", path=product, **wechat)
    await initiator.tap(".t-open-group")
    await initiator.tap(".t-sku-done")
    await initiator.tap(".t-sign-in")
    await order_and_pay(initiator)
    await initiator.tap(".t-remind")
    await initiator.person.shot("paid")
    await initiator.tap(".t-view-group")
    await sees(initiator, ".t-missing", "還差 4 人")
    card = await initiator.share()
    assert "還差 4 人" in card["title"], card

    guest = await mini_program(build, name="阿美在微信", phone="13600000002", path=card["path"], **wechat)
    await guest.tap(".t-join")
    await guest.tap(".t-sign-in")
    await guest.tap(".t-sku-done")
    await order_and_pay(guest)
    await guest.tap(".t-view-group")
    await sees(initiator, ".t-missing", "還差 3 人")  # by long poll: nobody touched this phone

    sku_id = listing["offer"]["skus"][0]["sku_id"]
    group_id = re.search(r"id=([0-9a-f-]{36})", card["path"])
    assert group_id, card
    for number, name in enumerate(("志強", "雅婷", "家豪"), start=3):
        await (await friend(name)).buy("join", sku_id, group_id=group_id.group(1))
        if number < 5:
            await sees(initiator, ".t-missing", f"還差 {5 - number} 人")
    for app in (initiator, guest):
        await sees(app, ".t-group-status", "成團成功")
        await app.person.shot("formed")

    await initiator.tap(".t-view-order")
    await sees(initiator, ".t-order-status", "待發貨")
    number_shown = await (await initiator.see(".t-order-number")).inner_text()
    merchant_name = listing["merchant_name"]["zh-Hant"]
    merchant = await new_merchant(merchant_name)
    await merchant.sign_in(merchant_name)
    await merchant.go("/orders?status=to_ship")
    await merchant.ship(number_shown.strip(), "SF1500000000001")
    await initiator.launch("/pages-user/inbox/index")
    await sees(initiator, ".t-message", "已發貨")
    await initiator.person.shot("inbox")
    messages = (await running_shop.desk.get("/desk/api/messages")).json()["items"]
    sent = {message["template_id"] for message in messages}
    assert "sandbox-group-formed" in sent, f"WeChat delivered {sent} to those who asked to be told"


@pytest.mark.feature("X8")
async def test_an_initiator_in_wechat_gets_the_reward_back(
    clients: Path,
    running_shop: RunningShop,
    mini_program: NewMiniProgram,
    friend: NewFriend,
    new_merchant: NewMerchant,
) -> None:
    listing = await running_shop.listing(kind=None)
    merchant_name = listing["merchant_name"]["zh-Hant"]
    merchant = await new_merchant(merchant_name)
    await merchant.sign_in(merchant_name)
    price_fen = listing["solo_price_fen"] * 8 // 10
    back = f"¥{(price_fen * 30 + 50) // 100 / 100:.2f}"
    await create_campaign(merchant, listing["product_id"], "微信裡開團退三成", [(2, price_fen)], perk="30")

    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url}
    product = f"/pages-goods/product/index?id={listing['product_id']}"
    initiator = await mini_program(clients / "mp-weixin", name="開團的人", phone="13600000003", path=product, **wechat)
    await sees(initiator, ".t-perk", back)
    await initiator.tap(".t-open-group")
    await initiator.tap(".t-sku-done")
    await initiator.tap(".t-sign-in")
    await order_and_pay(initiator, sees_back=back)
    await initiator.tap(".t-view-group")
    await sees(initiator, ".t-missing", "還差 1 人就成團")
    card = await initiator.share()
    other = await friend("捧場的人")
    await other.buy("join", listing["offer"]["skus"][0]["sku_id"], group_id=card["path"].rpartition("id=")[2])
    await sees(initiator, ".t-group-status", "成團成功")
    await sees(initiator, ".t-refund", "團長優惠")
    await initiator.tap(".t-view-order")
    await sees(initiator, ".t-refund", back)
    await sees(initiator, ".t-refund", "已退回你的付款帳戶")
    await initiator.person.shot("perk-back")
