"""Every page of the shop has an address: it can be sent, reloaded, gone back from, and tells what it leads to."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewFriend, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS, Shopper

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def is_at(shopper: Shopper, path: str) -> None:
    await expect(shopper.page).to_have_url(shopper.shop.page(path), timeout=SEEN_WITHIN_MS)


async def test_links_from_before_and_the_way_back(running_shop: RunningShop, new_shopper: NewShopper) -> None:
    cards = (await running_shop.get("/trade/listings", sort="forming", limit=20))["items"]
    card = next(card for card in cards if card["nearest_group"])
    group = f"/group/{card['nearest_group']['id']}"
    visitor = await new_shopper("老連結")
    await visitor.go(f"/?from=singlemessage&isappinstalled=0#/pages/group/index?id={card['nearest_group']['id']}")
    await expect(visitor.find("seats")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await is_at(visitor, group)
    await visitor.page.locator(".goods").locator("visible=true").click()
    await is_at(visitor, f"/product/{card['product_id']}")
    await expect(visitor.find("open-group")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await visitor.page.reload()
    await expect(visitor.find("open-group")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await visitor.page.go_back()
    await is_at(visitor, group)
    await expect(visitor.find("seats")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await visitor.page.go_forward()
    await is_at(visitor, f"/product/{card['product_id']}")
    await visitor.go(group)
    await visitor.tap("home")
    await is_at(visitor, "/")
    await visitor.page.locator(".uni-tabbar__item").nth(1).click()
    await is_at(visitor, "/category")


async def test_every_page_opens_by_its_address_and_again(
    running_shop: RunningShop, new_shopper: NewShopper, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind="fixed", people=2, skip=1)
    person = await new_shopper("收藏的人")
    await person.go("/orders?status=grouping")
    await is_at(person, "/sign-in?back=%2Forders%3Fstatus%3Dgrouping")
    await person.sign_in()
    await is_at(person, "/orders?status=grouping")
    await person.go(f"/product/{listing['product_id']}")
    await person.tap("open-group")
    await person.order_and_pay()
    assert re.search(r"/orders/[0-9a-f-]{36}/result$", person.page.url), person.page.url
    order = person.page.url.rpartition("/")[0].removeprefix(running_shop.url)
    await person.tap("view-group")
    group = f"/group/{await person.group_id()}"
    shown = {
        group: "share",
        order: "order-number",
        f"{order}/result": "pay-state",
        "/orders": "order",
        "/groups": "my-group",
        "/me": "nickname",
        "/inbox": "empty-action",
        "/addresses": "address-item",
        "/address": "save",
        "/settings": "language-en",
        "/category": "listing",
        "/": "listing",
        "/nowhere": "lost",
    }
    person.person.expect("status of 404")
    for path, hook in shown.items():
        await person.go(path)
        await expect(person.find(hook).first, path).to_be_visible(timeout=SEEN_WITHIN_MS)
        await person.page.reload()
        await expect(person.find(hook).first, path).to_be_visible(timeout=SEEN_WITHIN_MS)
        await is_at(person, path)
    await person.go("/nowhere")
    await expect(person.find("lost")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await person.person.shot("lost")


async def test_the_link_that_is_shared_tells_what_it_leads_to(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    cards = (await running_shop.get("/trade/listings", sort="forming", limit=20))["items"]
    card = next(card for card in cards if card["nearest_group"])
    reader = await new_shopper("分享的人", locale="en-US")
    await reader.person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await reader.page.add_init_script("Object.defineProperty(navigator, 'share', { value: undefined })")
    await reader.go(f"/group/{card['nearest_group']['id']}")
    await reader.tap("share")
    await expect(reader.page.locator("uni-toast")).to_be_visible(timeout=SEEN_WITHIN_MS)
    link = await reader.page.evaluate("navigator.clipboard.readText()")
    assert link == running_shop.page(f"/group/{card['nearest_group']['id']}?lang=en")
    told = (await running_shop.api.get(link)).text
    assert f'<meta property="og:url" content="{running_shop.page("/group/" + card["nearest_group"]["id"])}">' in told
    assert card["name"]["en"] in told
    assert re.search(r'og:image:width" content="\d+"', told)
