"""A merchant makes a flash sale in one form, watches it sell, sets more aside and stops it."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.accessible import look
from tests.journeys.conftest import NewFriend, NewMerchant
from tests.journeys.flash import take
from tests.journeys.friend import Friend
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_packers_morning import PLATFORM, fits
from tests.support.browser import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
NAME = "今晚一場秒殺"


async def ordered(friend: Friend, sale_id: str, sku_id: str) -> dict[str, Any]:
    """The order that is made of one unit."""
    hold = await take(friend, sale_id, sku_id)
    hold = await friend.call("GET", f"/trade/flash-sales/holds/{hold['id']}?wait=20")
    return await friend.order(hold["order_id"])


async def make_sale(owner: Merchant, product_id: str, price_fen: int) -> str:
    """Three units from this minute on, after two mistakes that the form names; the sale's id."""
    await owner.go(f"/flash-sales/new?product_id={product_id}")
    await owner.fill("flash-price-0", f"{price_fen / 100:.2f}")
    await owner.fill("flash-name", NAME)
    await owner.tap("flash-slot-now")
    await owner.fill("flash-units-0", "999999")
    await owner.fill("flash-pay-within", "31")
    await owner.tap("flash-save")
    await expect(owner.find("flash-issues")).to_contain_text("2", timeout=SEEN_WITHIN_MS)
    await owner.person.shot("mistakes")
    await look(owner.person)
    await owner.fill("flash-units-0", "3")
    await owner.fill("flash-pay-within", "10")
    await expect(owner.find("flash-preview")).to_contain_text("預留 3 件")
    await owner.person.shot("form")
    await owner.tap("flash-save")
    await owner.page.wait_for_url(re.compile(r"#/flash-sales/[0-9a-f-]{36}$"), timeout=SEEN_WITHIN_MS)
    return owner.page.url.rsplit("/", 1)[1]


async def overlap_is_named(owner: Merchant, product_id: str, sale_id: str) -> None:
    await owner.go(f"/flash-sales/new?product_id={product_id}")
    await owner.fill("flash-price-0", "1")
    await owner.fill("flash-units-0", "1")
    await owner.tap("flash-slot-now")
    await owner.tap("flash-save")
    await expect(owner.find("flash-other")).to_have_attribute(
        "href", f"#/flash-sales/{sale_id}", timeout=SEEN_WITHIN_MS
    )
    await expect(owner.find("flash-price-0")).to_have_value("1.00")
    await owner.person.shot("overlap")
    await owner.tap("flash-other")
    await owner.tap("confirm-act")
    await expect(owner.find("flash-detail")).to_contain_text("進行中", timeout=SEEN_WITHIN_MS)


async def set_more_aside(owner: Merchant) -> None:
    await owner.tap("flash-more")
    await owner.fill("flash-more-units", "4")
    await owner.person.shot("more")
    await look(owner.person)
    await owner.page.keyboard.press("Escape")  # asks, because a number is typed
    await owner.tap("confirm-keep")
    await expect(owner.find("flash-more-units")).to_have_value("4")
    await owner.tap("flash-more-save")
    await expect(owner.find("flash-units")).to_contain_text("剩餘 5", timeout=SEEN_WITHIN_MS)


async def stop(owner: Merchant) -> None:
    await owner.tap("flash-stop")
    question = owner.find("confirm")
    for words in ("0 人已經搶到", "1 筆待付款訂單照樣有效", "5 件回到一般庫存"):
        await expect(question).to_contain_text(words, timeout=SEEN_WITHIN_MS)
    await owner.person.shot("stop")
    await owner.tap("confirm-act")
    await expect(owner.find("flash-detail")).to_contain_text("已停止", timeout=SEEN_WITHIN_MS)
    await expect(owner.find("flash-units")).to_contain_text("已退回庫存 5")
    await expect(owner.find("flash-detail")).to_contain_text("預留 7")
    await owner.person.shot("stopped")


async def watches_only(colleague: Merchant, sale_id: str) -> None:
    await colleague.sign_in(PLATFORM, account=f"{PLATFORM} (platform)")
    await colleague.go("/flash-sales")
    row = colleague.page.locator(f'[data-test="flash-row"][data-id="{sale_id}"]')
    await expect(row.locator('[data-test="merchant-name"]')).not_to_be_empty(timeout=SEEN_WITHIN_MS)
    await expect(colleague.find("flash-stop")).to_have_count(0)
    await row.locator('[data-test="flash-open"]').click()
    await expect(colleague.find("flash-variant").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    for hook in ("flash-stop", "flash-more", "flash-new"):
        await expect(colleague.find(hook)).to_have_count(0)
    await look(colleague.person)


async def found_again(owner: Merchant, listing: dict[str, Any], sale_id: str, price_fen: int) -> None:
    """By its state and name, from its product and from its campaign; and it says what it brought in."""
    await owner.go("/flash-sales?status=stopped")
    row = owner.page.locator(f'[data-test="flash-row"][data-id="{sale_id}"]')
    await expect(row).to_contain_text(NAME, timeout=SEEN_WITHIN_MS)
    await expect(row.locator('[data-test="flash-row-units"]')).to_have_text("2", timeout=SEEN_WITHIN_MS)
    await expect(row.locator('[data-test="flash-row-revenue"]')).to_contain_text(f"{price_fen / 50:.2f}")
    await owner.person.shot("list")
    await owner.fill("flash-search", "沒有這一場")
    await expect(owner.find("list-empty")).to_contain_text("沒有這一場", timeout=SEEN_WITHIN_MS)
    await owner.fill("flash-search", NAME)
    await expect(row).to_be_visible(timeout=SEEN_WITHIN_MS)
    await owner.tap("flash-tab-running")
    await expect(row).to_have_count(0, timeout=SEEN_WITHIN_MS)
    await owner.go(f"/products/{listing['product_id']}")
    await owner.tap("product-flash-sales")
    await expect(row).to_be_visible(timeout=SEEN_WITHIN_MS)
    await owner.person.shot("list-of-a-product")


async def what_else_it_is_in(owner: Merchant, listing: dict[str, Any], sale_id: str) -> None:
    """While it runs: its product leads to it, and so does the form of a campaign for that product."""
    path = f"#/flash-sales/{sale_id}"
    for page, name in ((f"/products/{listing['product_id']}", "product"), ("/campaigns/new", "campaign-form")):
        await owner.go(page + (f"?product_id={listing['product_id']}" if name == "campaign-form" else ""))
        await expect(owner.find("also-flash").first).to_have_attribute("href", path, timeout=SEEN_WITHIN_MS)
        await owner.person.shot(name)
        await look(owner.person)
    await owner.go(f"/flash-sales/{sale_id}")
    await expect(owner.find("flash-detail")).to_be_visible(timeout=SEEN_WITHIN_MS)


@pytest.mark.feature("F22")
async def test_a_flash_sale_from_its_form_to_its_stop(
    running_shop: RunningShop, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    sku, price_fen = listing["offer"]["skus"][0], listing["solo_price_fen"] // 2
    owner = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await owner.sign_in(owner.person.name)
    sale_id = await make_sale(owner, listing["product_id"], price_fen)
    await expect(owner.find("flash-units")).to_contain_text("剩餘 3", timeout=SEEN_WITHIN_MS)
    await overlap_is_named(owner, listing["product_id"], sale_id)

    await what_else_it_is_in(owner, listing, sale_id)
    payer, waiter = await friend("搶到的人"), await friend("還沒付的人")
    await payer.pay((await ordered(payer, sale_id, sku["sku_id"]))["id"])
    unpaid = await ordered(waiter, sale_id, sku["sku_id"])
    assert unpaid["flash_sale_id"] == sale_id
    await expect(owner.find("flash-units")).to_contain_text("已成訂單 2", timeout=SEEN_WITHIN_MS)  # by itself
    await expect(owner.find("flash-unpaid")).to_contain_text("1", timeout=SEEN_WITHIN_MS)
    await expect(owner.find("flash-paid")).to_contain_text("1", timeout=SEEN_WITHIN_MS)
    await expect(owner.find("flash-revenue")).to_contain_text(f"{price_fen / 100:.2f}", timeout=SEEN_WITHIN_MS)
    await owner.person.shot("running")
    await look(owner.person)
    await set_more_aside(owner)

    await watches_only(await new_merchant(PLATFORM), sale_id)
    await stop(owner)
    await waiter.pay(unpaid["id"])  # what was promised stands
    await found_again(owner, listing, sale_id, price_fen)
    await owner.page.set_viewport_size(PHONE)
    await fits(owner)
    await look(owner.person)
    await owner.person.shot("list-phone")
    await owner.go(f"/flash-sales/{sale_id}")
    await expect(owner.find("flash-variant").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    await fits(owner)
    await owner.person.shot("sale-phone")
