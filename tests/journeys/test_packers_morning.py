"""A packer's morning at the console: what waits longest is sent first, on a desk's screen and on a phone."""

import re
from typing import Any

import pytest
from playwright.async_api import ViewportSize, expect

from chengtuan.platform.permissions import ROLE_PERMISSIONS, Role
from tests.journeys.accessible import look
from tests.journeys.conftest import NewFriend, NewMerchant
from tests.journeys.friend import Friend
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.support.browser import PHONE, NewPerson

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
DESK: ViewportSize = {"width": 1280, "height": 800}
PLATFORM = "平台管理"
NEEDED = {
    "home": None,
    "products": "products:read",
    "campaigns": "campaigns:read",
    "flash-sales": "campaigns:read",
    "groups": "groups:read",
    "orders": "orders:read",
    "refunds": "refunds:read",
    "money": "ledger:read",
    "reconciliation": "reconciliation:read",
    "background": "background:read",
    "staff": "staff:manage",
}
"""Every entry of the menu, and what a person needs for it."""


async def fits(merchant: Merchant) -> None:
    """Nothing scrolls sideways, and what one can press is on the screen."""
    overhang = await merchant.page.evaluate(
        "() => [document.documentElement, ...document.querySelectorAll('main, .card, .el-dialog, .el-drawer__body')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible' || "
        "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)"
    )
    assert overhang == []
    outside = await merchant.page.evaluate(
        "() => [...document.querySelectorAll('button, a')].filter(e => e.getClientRects().length && "
        "!e.closest('[role=tablist]')).filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.textContent)"
    )
    assert outside == []


async def waiting_order(buyer: Friend, sku_id: str, **wish: Any) -> dict[str, Any]:
    order: dict[str, Any] = await buyer.buy("solo", sku_id, **wish)
    assert order["status"] == "to_ship"
    return order


async def stands(merchant: Merchant, order: dict[str, Any], status: str) -> None:
    row = merchant.order_row(order["number"])
    await expect(row).to_have_attribute("data-status", status, timeout=SEEN_WITHIN_MS)


async def search(merchant: Merchant, text: str) -> None:
    await merchant.fill("order-search", text)
    await merchant.page.wait_for_url(re.compile(r"[?&]q="), timeout=SEEN_WITHIN_MS)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.feature("F27", "F34")
async def test_a_morning(
    running_shop: RunningShop, new_person: NewPerson, friend: NewFriend, viewport: ViewportSize
) -> None:
    listing = await running_shop.listing(kind=None)
    sku = listing["offer"]["skus"][0]
    narrow = viewport is PHONE
    digits = "4711" if narrow else "4710"
    buyer = await friend("阿美")
    address: dict[str, Any] = {
        "name": "歐陽小雨",
        "phone": f"1390000{digits}",
        "province_code": "440000",
        "province": "廣東省",
    }
    address |= {"city": "深圳市", "district": "南山區", "detail": "科技園 2 號", "is_default": False}
    address_id = (await buyer.call("POST", "/accounts/me/addresses", address))["id"]
    older = await waiting_order(buyer, sku["sku_id"], address_id=address_id, quantity=2, remark="請放管理室")
    newer = await waiting_order(buyer, sku["sku_id"], address_id=address_id)
    running_shop.move_clock(2 * 86400 + 3600)

    name = listing["merchant_name"]["zh-Hant"]
    merchant = Merchant(running_shop, await new_person(name, viewport=viewport))
    await merchant.sign_in(name)
    await merchant.go("/orders")
    rows = merchant.find("order-row")
    await expect(rows.first).to_be_visible(timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("order-waits").first).to_contain_text("天")
    numbers = [await row.get_attribute("data-number") for row in await rows.all()]
    if older["number"] in numbers and newer["number"] in numbers:
        assert numbers.index(older["number"]) < numbers.index(newer["number"])
    await merchant.person.shot("to-ship")
    await look(merchant.person)

    # by the last digits of the phone, over all states; the address keeps it
    await search(merchant, digits)
    await expect(rows).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await merchant.page.reload()
    await expect(rows).to_have_count(2, timeout=SEEN_WITHIN_MS)
    assert (
        await merchant.find("order-search").locator("input").or_(merchant.find("order-search")).first.input_value()
        == digits
    )
    await merchant.person.shot("found")
    await merchant.tap("nav-refunds")
    await merchant.page.wait_for_url(re.compile("#/refunds"), timeout=SEEN_WITHIN_MS)
    await merchant.page.go_back()
    await expect(rows).to_have_count(2, timeout=SEEN_WITHIN_MS)
    for other in (f"+86 139 0000 {digits}", "欧阳小雨", older["number"][-6:]):
        await search(merchant, other)
        await expect(merchant.order_row(older["number"])).to_be_visible(timeout=SEEN_WITHIN_MS)

    # the older one goes first; the dialog says what to pack
    wrong, right = (f"SF{digits}{n:09}" for n in (1, 2))
    await search(merchant, digits)
    await merchant.order_row(older["number"]).locator('[data-test="ship"]').click()
    await expect(merchant.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
    facts = merchant.find("ship-facts")
    for fact in (listing["name"]["zh-Hant"], sku["name"]["zh-Hant"], "× 2", "請放管理室", "歐陽小雨"):
        await expect(facts).to_contain_text(fact)
    await merchant.person.shot("ship")
    await fits(merchant)
    await look(merchant.person)
    await merchant.choose("carrier", "carrier-SF")
    await merchant.fill("tracking-no", wrong)
    await merchant.page.keyboard.press("Enter")
    await expect(merchant.order_row(older["number"])).to_have_attribute(
        "data-status", "shipped", timeout=SEEN_WITHIN_MS
    )

    # the same number on another order is asked about, and Enter does not say yes
    await merchant.order_row(newer["number"]).locator('[data-test="ship"]').click()
    await expect(merchant.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
    await merchant.fill("tracking-no", wrong)
    await merchant.page.keyboard.press("Enter")
    await expect(merchant.find("confirm")).to_contain_text(older["number"], timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("asked")
    await look(merchant.person)
    await merchant.page.keyboard.press("Enter")
    await expect(merchant.find("confirm")).to_have_count(0)
    await stands(merchant, newer, "to_ship")
    await merchant.tap("ship-confirm")
    await merchant.tap("confirm-act")
    await expect(merchant.order_row(newer["number"])).to_have_attribute(
        "data-status", "shipped", timeout=SEEN_WITHIN_MS
    )

    # it was the wrong number: put right once, the history keeps both, the buyer hears of it
    await merchant.order_row(older["number"]).locator('[data-test="order-open"]').click()
    await merchant.tap("drawer-correct")
    await expect(merchant.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("ship-wrong")).to_contain_text(wrong)
    await merchant.fill("tracking-no", right)
    await merchant.person.shot("correct")
    await merchant.tap("ship-confirm")
    drawer = merchant.find("order-drawer")
    await expect(merchant.find("drawer-number")).to_have_text(right, timeout=SEEN_WITHIN_MS)
    await expect(drawer).to_contain_text(wrong)
    words = await drawer.locator("ol").inner_text()
    assert words.index("下單") < words.index("付款") < words.index("已發貨")
    await merchant.person.shot("corrected")
    await fits(merchant)
    await look(merchant.person)
    (parcel,) = (await buyer.call("GET", f"/fulfilment/orders/{older['id']}/parcels"))["items"]
    assert parcel["tracking_no"] == right
    await buyer.until(older["id"], "shipped")
    templates = [item["template"] for item in (await buyer.call("GET", "/messaging/inbox"))["items"]]
    assert "number_corrected" in templates


def inner_pages(role: Role, listing: dict[str, Any]) -> list[str]:
    """Pages that no menu leads to."""
    if role is Role.PLATFORM_ADMIN:
        return [f"/campaigns/{listing['campaign']['id']}", "/reconciliation/2026-11-20"]
    own = [f"/products/{listing['product_id']}", f"/campaigns/{listing['campaign']['id']}"]
    return ["/products/new", "/campaigns/new", f"/campaigns/new?product_id={listing['product_id']}", *own]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", [Role.MERCHANT_OWNER, Role.PLATFORM_ADMIN])
async def test_every_page_of_the_menu_by_role(
    running_shop: RunningShop, new_person: NewPerson, role: Role, viewport: ViewportSize
) -> None:
    """What a role may do is offered, fits the screen and can be read; the rest is not there, and says so by address."""
    listing = await running_shop.listing(kind="fixed", people=2)
    name = PLATFORM if role is Role.PLATFORM_ADMIN else listing["merchant_name"]["zh-Hant"]
    someone = Merchant(running_shop, await new_person(name, viewport=viewport))
    account = f"{PLATFORM} (platform)" if role is Role.PLATFORM_ADMIN else None
    await someone.sign_in(name, account=account)
    allowed = {str(permission) for permission in ROLE_PERMISSIONS[role]}
    offered = {place for place, needs in NEEDED.items() if needs is None or needs in allowed}
    for place in NEEDED:
        await expect(someone.find(f"nav-{place}")).to_have_count(int(place in offered))
        await someone.go("/" if place == "home" else f"/{place}")
        if place in offered:
            title = await someone.find(f"nav-{place}").get_attribute("title") or ""
            await expect(someone.page.locator("main h1")).to_have_text(title, timeout=SEEN_WITHIN_MS)
        await expect(someone.find("not-allowed")).to_have_count(int(place not in offered), timeout=SEEN_WITHIN_MS)
        await expect(someone.page.locator("[aria-busy=true]")).to_have_count(0, timeout=SEEN_WITHIN_MS)
        await fits(someone)
        await look(someone.person)
        await someone.person.shot(f"{role}-{place}")
    for path in inner_pages(role, listing):
        await someone.go(path)
        await expect(someone.page.locator("main .card").first).to_be_visible(timeout=SEEN_WITHIN_MS)
        await expect(someone.page.locator("[aria-busy=true]")).to_have_count(0, timeout=SEEN_WITHIN_MS)
        await someone.page.wait_for_load_state("networkidle")
        await fits(someone)
        await look(someone.person)
        await someone.person.shot(f"{role}{path}")
    await someone.go("/no-such-page")
    await expect(someone.find("nowhere")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await someone.go("/orders?status=all")
    await expect(someone.find("order-row").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    if role is Role.PLATFORM_ADMIN:
        await expect(someone.find("merchant-name").first).not_to_be_empty()
        await expect(someone.find("order-row").first).to_contain_text("****")
        for hook in ("ship", "track"):
            await expect(someone.find(hook)).to_have_count(0)
    await someone.go("/")


async def test_no_destructive_question_is_answered_by_enter(
    running_shop: RunningShop, new_merchant: NewMerchant
) -> None:
    """Stopping a campaign and taking a product with open groups off the shelf: Enter changes nothing."""
    listing = await running_shop.listing(kind="fixed", people=2)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    await merchant.go("/campaigns")
    running = merchant.find("campaign-row").filter(has=merchant.page.locator('[data-test="campaign-stop"]')).first
    await running.locator('[data-test="campaign-stop"]').click()
    await expect(merchant.find("confirm")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await merchant.page.keyboard.press("Enter")
    await expect(merchant.find("confirm")).to_have_count(0)
    await expect(running.locator('[data-test="campaign-stop"]')).to_be_visible()
