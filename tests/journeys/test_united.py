"""Somebody who bought in the browser opens the shop in WeChat, proves the phone, and finds everything in one place."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS, Shopper
from tests.journeys.test_five_friends import open_group
from tests.journeys.test_mini_program import sees
from tests.support.browser import NewMiniProgram

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def sign_in_afresh(shopper: Shopper) -> None:
    """A minute after the code before: nobody gets two at once."""
    shopper.shop.move_clock(120)
    await shopper.go("/sign-in")
    await shopper.sign_in()


@pytest.mark.feature("X1")
async def test_an_account_of_the_browser_and_one_of_wechat_become_one(
    clients: Path, running_shop: RunningShop, new_shopper: NewShopper, mini_program: NewMiniProgram
) -> None:
    listing = await running_shop.listing(kind="fixed", people=5, skip=1)
    browser = await new_shopper("小滿")
    link = await open_group(browser, listing["name"]["zh-Hant"])

    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url}
    me = "/pages/me/index"
    phone = await mini_program(clients / "mp-weixin", name="小滿在微信", phone=browser.phone, path=me, **wechat)
    await phone.tap(".t-go-sign-in")
    await phone.tap(".t-sign-in")
    await phone.tap(".t-bind-phone")
    await sees(phone, ".t-unite", f"{browser.phone[:3]}****{browser.phone[-4:]} 已有帳號")
    await sees(phone, ".t-unite-for-good", "合併後不能再分開")
    await phone.person.shot("asked")
    await phone.tap(".t-unite-no")
    await phone.tap(".t-bind-phone")
    await phone.tap(".t-unite-yes")
    await sees(phone, ".t-unite", "訂單、拼團和地址都在這裡了")
    await phone.person.shot("united")
    await phone.tap(".t-united")
    await sees(phone, ".t-me", f"{browser.phone[:3]}****{browser.phone[-4:]}")
    await phone.tap(".t-all-orders")
    await sees(phone, ".t-order", listing["name"]["zh-Hant"])
    await phone.person.shot("orders")
    await phone.open_share(f"/pages/group/index?id={link.rpartition('/')[2]}")
    await sees(phone, ".t-missing", "還差 4 人")
    await expect(phone.find(".t-join")).to_have_count(0)  # the group is one's own, here too

    # the browser signs in again, and is the same person
    await browser.go("/orders")
    await expect(browser.find("send-code")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await sign_in_afresh(browser)
    await browser.go("/me")
    nickname = await browser.find("nickname").first.inner_text()
    await phone.launch(me)
    await sees(phone, ".t-nickname", nickname)


async def test_a_phone_of_another_wechat_is_refused_with_what_to_do(
    clients: Path, running_shop: RunningShop, mini_program: NewMiniProgram
) -> None:
    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url, "phone": "13600000077"}
    me = "/pages/me/index"
    for name in ("先綁的人", "後來的人"):
        person = await mini_program(clients / "mp-weixin", name=name, path=me, **wechat)
        await person.tap(".t-go-sign-in")
        await person.tap(".t-sign-in")
        await person.tap(".t-bind-phone")
        if name == "先綁的人":
            await sees(person, ".t-me", "136****0077")
    await sees(person, "另一個微信", re.compile("換綁別的手機號碼"))
    await person.person.shot("refused")


async def test_two_numbers_of_one_person_are_joined_by_a_code_in_the_browser(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    old, new = await new_shopper("舊號碼"), await new_shopper("新號碼")
    for shopper in (old, new):
        await shopper.go("/sign-in")
        await shopper.sign_in()
    running_shop.move_clock(120)
    await new.go("/me")
    await new.tap("phone-page")
    await new.sees("phone-now", new.phone[-4:])
    await new.enter_code(old.phone)
    await new.tap("prove-phone")
    await new.sees("unite", f"{old.phone[:3]}****{old.phone[-4:]} 已有帳號")
    await new.person.shot("asked")
    await new.tap("unite-yes")
    await new.sees("unite", "訂單、拼團和地址都在這裡了")
    await new.tap("united")
    await new.sees("me", old.phone[-4:])
