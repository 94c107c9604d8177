"""When something does not work out, people read a sentence and find a way on."""

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
NOBODY = "0190a0a0-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("page", "words"),
    [("/product", "找不到這個商品"), ("/group", "找不到這個團")],
)
async def test_an_unknown_link_says_so_and_leads_home(new_shopper: NewShopper, page: str, words: str) -> None:
    visitor = await new_shopper("路人")
    await visitor.go(f"{page}/{NOBODY}")
    await visitor.sees("failure", words)
    await visitor.person.shot(words)
    await visitor.tap("empty-action")
    await visitor.page.wait_for_url(f"{visitor.shop.url}/")
    await expect(visitor.find("listing").first).to_be_visible(timeout=SEEN_WITHIN_MS)


async def test_an_address_without_a_page_says_so_and_leads_on(new_shopper: NewShopper) -> None:
    visitor = await new_shopper("路人")
    visitor.person.expect("status of 404")
    answer = await visitor.page.goto(visitor.shop.page("/nowhere/at?all=1"))
    assert answer is not None
    assert answer.status == 404
    await expect(visitor.find("lost")).to_be_visible(timeout=SEEN_WITHIN_MS)
    assert visitor.page.url == visitor.shop.page("/nowhere/at?all=1"), "the address stays as it was typed"
    await visitor.tap("lost-category")
    await expect(visitor.find("listing").first).to_be_visible(timeout=SEEN_WITHIN_MS)


async def test_who_gives_up_at_the_cashier_chooses_at_once_and_back_never_goes_there_again(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    product = await running_shop.listing(kind="fixed", people=5)
    person = await new_shopper("三心二意")
    await person.go(f"/product/{product['product_id']}")
    await person.tap("open-group")
    await expect(person.find("sku-done")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await person.page.go_back()  # closes the panel; the page stays
    await expect(person.find("sku-done")).to_have_count(0)
    await person.tap("open-group")
    await person.tap("sku-done")
    await person.sign_in()
    await person.enter_address("三心家")
    await person.tap("submit-order")
    await person.give_up_at_cashier()
    await person.person.shot("unpaid")
    await person.tap("view-order")
    await person.tap("order-group")
    await person.sees("group-status", "付款後就開團")  # nobody else sees the group yet
    await person.person.shot("own-draft")
    await person.tap("pay")  # and it goes to the cashier at the first click
    await person.pay_at_cashier()
    await person.sees("pay-state", "付款成功")
    await person.page.go_back()
    await expect(person.find("seats")).to_be_visible(timeout=SEEN_WITHIN_MS)
    assert person.page.url.startswith(running_shop.url)


@pytest.mark.parametrize("broken", ["/group/not-an-id", "/#/pages/group/index?id="])
async def test_a_mangled_link_is_no_blank_page(new_shopper: NewShopper, broken: str) -> None:
    visitor = await new_shopper("路人")
    if "#" not in broken:
        visitor.person.expect("status of 404")  # the address itself is of nothing
    await visitor.go(broken)
    await expect(visitor.find("failure")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await expect(visitor.find("empty-action")).to_be_visible()


async def test_a_wrong_code_is_told_and_the_right_one_still_works(
    running_shop: RunningShop, new_shopper: NewShopper
) -> None:
    person = await new_shopper("手滑")
    await person.go("/sign-in")
    await person.fill("phone", person.phone)
    await person.tap("send-code")
    right = await running_shop.sms_code(person.phone)
    await person.fill("code", f"{(int(right) + 1) % 1_000_000:06d}")
    await person.tap("sign-in")
    await expect(person.page.locator("uni-toast")).to_contain_text("驗證碼不對", timeout=SEEN_WITHIN_MS)
    await expect(person.page.get_by_role("status").filter(has_text="驗證碼不對")).to_have_count(1)  # and is read aloud
    await person.person.shot("wrong-code")
    await person.fill("code", right)
    await person.tap("sign-in")
    await expect(person.find("nickname")).to_be_visible(timeout=SEEN_WITHIN_MS)
