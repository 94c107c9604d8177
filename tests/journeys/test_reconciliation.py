"""The provider's bill says something else than our books: the platform finds it, reads what it means, explains it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewFriend, NewMerchant
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.sandbox import newest_trade, plant_in_bill

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
CHINA = ZoneInfo("Asia/Shanghai")
PLATFORM = "平台管理"
WRONG_FEN = 100


def until_bill(order: dict[str, Any]) -> tuple[str, float]:
    """The day in whose bill the order's payment stands, and the seconds until that bill is there."""
    now = datetime.fromisoformat(order["now"]).astimezone(CHINA)
    paid = datetime.fromisoformat(order["paid_at"]).astimezone(CHINA)
    ready = datetime.combine(paid.date() + timedelta(days=1), datetime.min.time(), CHINA).replace(hour=10, minute=45)
    return paid.date().isoformat(), (ready - now).total_seconds()


@pytest.mark.feature("X10")
async def test_a_wrong_amount_in_the_bill_is_found_and_explained(
    running_shop: RunningShop, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    buyer = await friend("查帳的人買的")
    order = await buyer.buy("solo", listing["offer"]["skus"][0]["sku_id"])
    day, seconds = until_bill(order)
    number = (await newest_trade(running_shop))["out_trade_no"]
    await plant_in_bill(running_shop, day, "change_amount", number=number, amount_fen=order["paid_fen"] - WRONG_FEN)
    running_shop.move_clock(seconds)

    platform = await new_merchant(PLATFORM)
    await platform.sign_in(PLATFORM, account=f"{PLATFORM} (platform)")
    await platform.tap("nav-reconciliation")
    await platform.go(f"/reconciliation/{day}")
    await platform.tap("reconciliation-again")
    await expect(platform.find("reconciliation-status")).to_contain_text("有差異", timeout=SEEN_WITHIN_MS)
    found = platform.page.locator('[data-test="difference"][data-kind="payment_amount"]').filter(has_text=number)
    await expect(found).to_contain_text("收款金額不一樣", timeout=SEEN_WITHIN_MS)
    await expect(found.locator('[data-test="difference-ours"]')).to_have_text(yuan(order["paid_fen"]))
    await expect(found.locator('[data-test="difference-theirs"]')).to_have_text(yuan(order["paid_fen"] - WRONG_FEN))
    await platform.person.shot("day-with-a-difference")
    await found.locator('[data-test="difference-order"]').click()
    await expect(platform.page.locator(".el-drawer")).to_contain_text(order["number"], timeout=SEEN_WITHIN_MS)
    await platform.page.keyboard.press("Escape")

    await found.locator('[data-test="difference-explain"]').click()
    await platform.page.locator("textarea[data-test=explain-note]").fill("微信支付次日更正，已電話確認")
    await platform.page.locator("[data-test=explain-save]").click()
    await expect(found.locator('[data-test="difference-resolution"]')).to_have_text("已說明", timeout=SEEN_WITHIN_MS)
    await expect(found.locator('[data-test="difference-note"]')).to_contain_text("已電話確認")
    await platform.person.shot("explained")
    await the_books_balance(platform, day)


async def the_books_balance(platform: Merchant, day: str) -> None:
    await platform.go("/reconciliation")
    row = platform.page.locator(f'[data-test="reconciliation-row"][data-day="{day}"]')
    await expect(row).to_be_visible(timeout=SEEN_WITHIN_MS)
    await platform.person.shot("days")
    await platform.go("/money")
    await expect(platform.find("money-sum")).to_contain_text("¥0.00", timeout=SEEN_WITHIN_MS)
    await platform.person.shot("money-of-all")


def yuan(fen: int) -> str:
    return f"¥{fen / 100:.2f}"
