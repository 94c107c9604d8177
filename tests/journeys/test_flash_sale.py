"""Few units, cheap, for a short time: who presses gets them or is told why not, and the page says what is left."""

import asyncio
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from chengtuan.kernel.clock import SHANGHAI
from tests.journeys.conftest import NewFriend, NewShopper
from tests.journeys.flash import announce, call_off, take
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS
from tests.journeys.test_languages import LANGUAGES, check_page, words
from tests.journeys.test_mini_program import sees
from tests.support.browser import NewMiniProgram

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


KEPT = "() => localStorage.getItem('ct.session')"
KEEP = "session => localStorage.setItem('ct.session', session)"
"""Signed in on another device: a second code for the phone would have to wait for a minute."""


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


@pytest.mark.feature("F22")
async def test_one_unit_goes_to_who_presses_first_and_the_other_sees_it_go(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    listing = await running_shop.listing(kind=None, one_variant=True)
    sale = await announce(running_shop, listing, units=1, in_s=-1800)
    begun = f"{datetime.fromisoformat(sale['starts_at']).astimezone(SHANGHAI):%H:%M}"
    name = listing["name"]["zh-Hant"]
    first, second = await new_shopper("手快的人"), await new_shopper("手慢的人")

    await first.go("/")
    await first.sees("flash-strip", "距結束")
    await first.sees("flash-strip", name)  # its slot is of its own, and not the earliest
    await first.person.shot("home")
    await first.tap("flash-zone")
    await first.page.locator(".t-slot-running", has_text=begun).click()
    await first.page.locator(".t-flash-card", has_text=name).click()
    await first.sees("flash-left", "剩 1/1 件")
    await first.tap("flash-press")
    await first.sign_in()
    await first.enter_address("手快的人家")

    await second.go(f"/flash/{sale['id']}")
    await second.tap("address")
    await second.sign_in()
    await second.enter_address("手慢的人家")
    await second.sees("flash-press", "立即搶購")
    price = yuan(listing["offer"]["skus"][0]["solo_price_fen"] // 2)
    await first.sees("goods", price)  # what it will cost, before anything is pressed
    await first.sees("payable", "¥")
    await first.person.shot("sale")
    await first.tap("flash-press")
    await first.page.wait_for_url(f"{running_shop.desk_url}/cashier/**")
    await second.sees("flash-press", "暫時搶光")  # nobody touched this page
    await second.person.shot("sold-out")
    await first.pay_at_cashier()
    await first.sees("pay-state", "付款成功")
    await first.tap("view-order")
    await first.sees("order-flash", "限時秒殺")
    await first.person.shot("order")
    await first.tap("order-sale")
    await first.sees("flash-state", "暫時搶光")
    await second.go(f"/product/{listing['product_id']}")
    await second.sees("flash-line", "暫時搶光")
    await second.person.shot("product")


@pytest.mark.feature("F22")
async def test_who_closed_the_page_finds_what_they_hold_on_another_device(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    listing = await running_shop.listing(kind="fixed", people=2)
    sale = await announce(running_shop, listing, units=3)
    first = await new_shopper("關掉頁面的人")
    await first.go(f"/flash/{sale['id']}")
    await first.tap("flash-press")
    await first.sign_in()
    await first.enter_address("關掉頁面的人家")
    await first.tap("flash-press")
    await first.page.wait_for_url(f"{running_shop.desk_url}/cashier/**")
    await first.go("/")  # who leaves the cashier

    other = await new_shopper("同一個人的平板")
    await other.go("/me")
    await other.page.evaluate(KEEP, await first.page.evaluate(KEPT))
    await other.go("/me")
    await other.tap("holds")
    await other.sees("hold-ordered", listing["name"]["zh-Hant"])
    await other.person.shot("holds")
    await other.go("/orders")
    await other.tap("holds")
    await other.sees("hold-state", "請在時間內付款")
    await other.go(f"/flash/{sale['id']}")
    await other.sees("own-holds", "你在這場秒殺搶到的")
    await other.sees("flash-full", "你已經買到了")
    assert await other.find("flash-press").count() == 0
    await other.person.shot("own-holds")
    await other.tap("hold-pay")
    await other.pay_at_cashier()
    await other.sees("pay-state", "付款成功")
    await other.go("/holds")
    await other.sees("hold-state", "待發貨")
    await call_off(running_shop, listing, sale)
    await other.go(f"/flash/{sale['id']}")
    await other.sees("flash-over", "店家停止了這場秒殺")
    await expect(other.find("flash-next")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await other.person.shot("over")


@pytest.mark.feature("F22")
async def test_nothing_is_pushed_down_when_the_first_page_knows_its_flash_sales(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    reader = await new_shopper("看首頁的人")
    chips = reader.page.locator(".chips")
    await reader.go("/")
    await reader.sees("flash-strip", "限時秒殺")
    there = await chips.bounding_box()
    answers = asyncio.Event()

    async def later(route: Route) -> None:
        await answers.wait()
        await route.continue_()

    await reader.page.route(re.compile(r"/flash-sales$"), later)
    await reader.go("/")
    await expect(reader.find("listing").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    assert await reader.find("flash-strip").count() == 0, "or this proves nothing"
    assert await chips.bounding_box() == there
    answers.set()
    await reader.sees("flash-strip", "限時秒殺")
    assert await chips.bounding_box() == there


@pytest.mark.feature("F22")
async def test_whoever_comes_too_late_is_told_so_and_keeps_what_they_chose(
    running_shop: RunningShop, new_shopper: NewShopper, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None, one_variant=True)
    sale = await announce(running_shop, listing, units=1)
    late, quick = await new_shopper("來晚的人"), await friend("搶先的人")
    late.person.expect("flash-sales")  # refused and cut off on purpose
    await late.go(f"/flash/{sale['id']}")
    await late.tap("address")
    await late.sign_in()
    await late.enter_address("來晚的人家")
    # what the page knows is old for once: the press is what is refused
    await late.page.route(re.compile(rf"/flash-sales/{sale['id']}$"), lambda route: route.abort())
    await late.sees("flash-press", "立即搶購")
    assert (await take(quick, sale["id"], sale["variants"][0]["sku_id"]))["status"] == "held"
    await late.tap("flash-press")
    await late.sees("refused", "暫時搶光了")
    await late.sees("address", "來晚的人家")
    await late.person.shot("refused")


@pytest.mark.feature("F22")
async def test_a_sale_is_taken_and_paid_in_wechat(
    clients: Path, running_shop: RunningShop, mini_program: NewMiniProgram
) -> None:
    listing = await running_shop.listing(kind=None, one_variant=True)
    sale = await announce(running_shop, listing, units=2)
    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url}
    zone = "/pages-flash/zone/index"
    app = await mini_program(clients / "mp-weixin", name="秒殺在微信", phone="13600000022", path=zone, **wechat)
    await app.see(".t-flash-card")
    await app.person.shot("zone")
    await app.launch(f"/pages-flash/sale/index?id={sale['id']}")
    await sees(app, ".t-flash-left", "剩 2/2 件")
    await app.tap(".t-flash-press")
    await app.tap(".t-sign-in")
    await app.tap(".t-add-address")
    await app.tap(".t-import")
    await app.tap(".t-save")
    await sees(app, ".t-address", "深圳")
    await app.person.shot("sale")
    await sees(app, ".t-payable", "¥")
    await app.tap(".t-flash-press")
    await sees(app, ".t-pay-state", "付款成功")
    await app.launch("/pages-flash/holds/index")
    await sees(app, ".t-hold-state", "待發貨")
    await app.person.shot("holds")


@pytest.mark.feature("F50")
async def test_who_queues_before_the_start_is_let_in_by_itself_and_wechat_sees_it_go(
    clients: Path, running_shop: RunningShop, new_shopper: NewShopper, mini_program: NewMiniProgram
) -> None:
    wechat = {"api_url": running_shop.url, "desk_url": running_shop.desk_url}
    zone = "/pages-flash/zone/index"
    app = await mini_program(clients / "mp-weixin", name="在微信看的人", phone="13600000023", path=zone, **wechat)
    early = await new_shopper("先排隊的人")
    await early.go(f"/flash/{await _running(running_shop)}")
    await early.tap("address")
    await early.sign_in()
    await early.enter_address("先排隊的人家")
    listing = await running_shop.listing(kind=None, one_variant=True)
    sale = await announce(running_shop, listing, units=1, in_s=15)

    await early.go(f"/flash/{sale['id']}")
    await early.sees("flash-draw", "依抽籤決定先後")
    await early.sees("flash-press", "先排隊")
    await early.person.shot("upcoming")
    await early.tap("flash-press")
    await early.sees("flash-wait", "你在排隊中")
    await early.sees("flash-press", "排隊中")
    await early.page.reload()
    await early.sees("flash-wait", "你在排隊中")  # nobody pressed again
    await expect(early.find("flash-wait")).to_be_in_viewport(ratio=1)
    await early.person.shot("queue")
    await app.launch(f"/pages-flash/sale/index?id={sale['id']}")
    await sees(app, ".t-flash-press", "先排隊")
    await app.person.shot("upcoming")
    await early.page.wait_for_url(f"{running_shop.desk_url}/cashier/**", timeout=SEEN_WITHIN_MS)  # nobody pressed again
    await sees(app, ".t-flash-press", "暫時搶光")
    await app.person.shot("sold-out")


async def _running(shop: RunningShop) -> str:
    """A sale of the demo shop."""
    slots = (await shop.get("/trade/flash-sales"))["slots"]
    return next(str(sale["id"]) for slot in slots for sale in slot["sales"] if sale["state"] == "running")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_flash_pages_speak_one_language(running_shop: RunningShop, new_shopper: NewShopper, locale: str) -> None:
    own = words(LANGUAGES[locale])
    reader = await new_shopper(locale, locale=locale)
    await reader.go("/flash")
    await expect(reader.find("flash-card").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    await check_page(reader, LANGUAGES[locale], "flash.title")
    await reader.person.shot("zone")
    await reader.tap("slot-upcoming")
    await reader.sees("flash-state", own["flash.state.upcoming"])
    await reader.person.shot("upcoming")
    await reader.tap("flash-card")
    await expect(reader.find("flash-press")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await check_page(reader, LANGUAGES[locale], "flash.title")
    await reader.person.shot("sale")
    await reader.go("/holds")
    await reader.sign_in()
    await reader.sees("empty-action", own["flash.others"])
    await check_page(reader, LANGUAGES[locale], "title.holds")
    await reader.person.shot("holds")
