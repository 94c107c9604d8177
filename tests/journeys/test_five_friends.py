"""Five people buy together, each in a browser of their own, until a parcel is in somebody's hands."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS, Shopper

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
NAMES = ("小明", "阿美", "志強", "雅婷", "家豪")


async def open_group(initiator: Shopper, product_name: str, *, sees_back: str | None = None) -> str:
    """From the home page to a paid group; the address of its page, to be shared."""
    await initiator.go("/sign-in")
    await initiator.sign_in()
    await initiator.go("/")
    await initiator.page.locator(".t-search input, input.t-search").fill(product_name)
    await initiator.page.keyboard.press("Enter")
    await initiator.find("listing").filter(has_text=product_name).first.click()
    await initiator.tap("open-group")
    await initiator.order_and_pay(sees_back=sees_back)
    await initiator.person.shot("paid")
    await initiator.tap("view-group")
    return f"/group/{await initiator.group_id()}"


async def join_by_link(friend: Shopper, link: str) -> None:
    """A visitor without an account opens the link, joins, and ends up on the group's page."""
    await friend.go(link)
    await friend.tap("join")
    await friend.sign_in()
    await friend.order_and_pay()
    await friend.tap("view-group")


async def everybody_sees(people: list[Shopper], hook: str, text: str) -> None:
    """All open pages at the same time, without being reloaded."""
    for person in people:
        await person.sees(hook, text)


async def look_at_order(person: Shopper) -> str:
    await person.tap("view-order")
    await person.sees("order-status", "待發貨")
    return await person.order_number()


@pytest.mark.feature("F10", "F13", "F27")
async def test_five_people_form_a_group_and_get_their_parcels(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant
) -> None:
    listing = await running_shop.listing(kind="fixed", people=5)
    people = [await new_shopper(name) for name in NAMES]
    link = await open_group(people[0], listing["name"]["zh-Hant"])
    await people[0].sees("missing", "還差 4 人")
    for number, friend in enumerate(people[1:], start=2):
        await join_by_link(friend, link)
        if number < len(people):
            await everybody_sees(people[:number], "seats", f"{number}/5")
            await everybody_sees(people[:number], "missing", f"還差 {5 - number} 人")
            await people[0].person.shot(f"group-of-{number}")
    await everybody_sees(people, "group-status", "成團成功")
    await people[0].person.shot("formed")

    numbers = [await look_at_order(person) for person in people]
    assert len(set(numbers)) == len(people)
    await merchant_ships(new_merchant, listing["merchant_name"]["zh-Hant"], numbers)
    await asyncio.gather(*(follow_parcel(person) for person in people))

    receiver = people[2]
    await receiver.tap("confirm-receipt")
    await receiver.answer_dialog()
    await receiver.sees("order-status", "已完成")
    await receiver.person.shot("completed")
    for person in people:
        await person.go("/inbox")
        await expect(person.find("message").filter(has_text="成團了")).to_have_count(1, timeout=SEEN_WITHIN_MS)
        await expect(person.find("message").filter(has_text="已發貨")).to_have_count(1, timeout=SEEN_WITHIN_MS)
    await people[0].person.shot("inbox")


async def merchant_ships(new_merchant: NewMerchant, merchant_name: str, numbers: list[str]) -> None:
    merchant = await new_merchant(merchant_name)
    await merchant.sign_in(merchant_name)
    await merchant.go("/orders?status=to_ship")
    for number in numbers:
        await expect(merchant.order_row(number)).to_be_visible(timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("orders-to-ship")
    for position, number in enumerate(numbers):
        await merchant.ship(number, f"SF14000000000{position:02d}")
    await merchant.go("/orders?status=shipped")
    for number in numbers:
        await merchant.track(number, "in_transit", "已到達深圳分揀中心")
        await merchant.page.keyboard.press("Escape")
    await merchant.person.shot("shipped")


async def follow_parcel(person: Shopper) -> None:
    """The order page on the screen, opened again as people do."""
    await person.page.reload()
    await person.sees("order-status", "待收貨")
    await person.sees("tracking", "SF14000000000")
    await person.sees("tracking", "深圳分揀中心")
