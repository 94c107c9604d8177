"""An owner takes somebody on for the warehouse, who sees what is theirs and nothing else."""

import pytest
from playwright.async_api import expect

from tests.journeys.accessible import look
from tests.journeys.conftest import NewFriend, NewMerchant
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
LOGIN, NAME, PASSWORD = "lao.zhou", "老周", "only-zhou-knows-this"
OPEN = {"home", "products", "orders"}
SHUT = {"campaigns", "flash-sales", "groups", "refunds", "money", "staff", "reconciliation", "background"}


async def take_on(owner: Merchant) -> str:
    """The first password."""
    await owner.go("/staff")
    await owner.tap("colleague-add")
    await owner.tap("colleague-save")
    await expect(owner.find("colleague-problem")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await owner.fill("colleague-login", LOGIN)
    await owner.fill("colleague-name", NAME)
    await owner.tap("colleague-role-merchant_warehouse")
    await owner.person.shot("new-colleague")
    await look(owner.person)
    await owner.tap("colleague-save")
    await expect(owner.find("first-password")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await owner.person.shot("first-password")
    await look(owner.person)
    password = (await owner.find("first-password").inner_text()).strip()
    await owner.tap("first-password-done")
    row = owner.page.locator(f'[data-test="colleague-row"][data-login="{LOGIN}"]')
    await expect(row.locator("[data-status]")).to_have_attribute("data-status", "first", timeout=SEEN_WITHIN_MS)
    await owner.person.shot("staff")
    return password


async def begin(zhou: Merchant, first: str) -> None:
    """Signs in, and can do nothing before there is a password that nobody else knows."""
    await zhou.go("/")
    await zhou.fill("login", LOGIN)
    await zhou.fill("password", first)
    await zhou.tap("sign-in")
    await expect(zhou.find("password-current")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await zhou.go("/orders")
    await expect(zhou.find("password-why")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await zhou.fill("password-current", first)
    await zhou.fill("password-new", PASSWORD)
    await zhou.fill("password-again", PASSWORD)
    await zhou.person.shot("own-password")
    await look(zhou.person)
    await zhou.tap("password-save")
    await expect(zhou.find("nav-orders")).to_be_visible(timeout=SEEN_WITHIN_MS)


async def test_an_owner_takes_somebody_on_who_ships_and_sees_nothing_else(
    running_shop: RunningShop, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    order = await (await friend("阿美")).buy("solo", listing["offer"]["skus"][0]["sku_id"])
    name = listing["merchant_name"]["zh-Hant"]
    owner, zhou = await new_merchant(name), await new_merchant(NAME)
    await owner.sign_in(name)
    await begin(zhou, await take_on(owner))

    for place in OPEN | SHUT:
        await expect(zhou.find(f"nav-{place}")).to_have_count(int(place in OPEN), timeout=SEEN_WITHIN_MS)
    for place in sorted(SHUT):
        await zhou.go(f"/{place}")
        await expect(zhou.find("not-allowed")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await zhou.person.shot("not-allowed")
    await zhou.go("/orders?status=to_ship")
    await zhou.ship(order["number"], "SF1357913579135")

    # what the owner takes back is gone at once, in a page that is open
    row = owner.page.locator(f'[data-test="colleague-row"][data-login="{LOGIN}"]')
    await row.locator('[data-test="colleague-toggle"]').click()
    await owner.tap("confirm-act")
    await expect(row.locator("[data-status]")).to_have_attribute("data-status", "disabled", timeout=SEEN_WITHIN_MS)
    await expect(zhou.find("login")).to_be_visible(timeout=SEEN_WITHIN_MS)
