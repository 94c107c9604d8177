"""Somebody with the shop open in a phone's browser: what they tap and what they see."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.journeys.accessible import look
from tests.journeys.running_shop import RunningShop
from tests.support.people import Person

SEEN_WITHIN_MS = 30_000
"""Generous: several browsers share one machine with the whole system."""


@dataclass(frozen=True)
class Shopper:
    """`person` is the browser. Texts that methods expect are those of zh-Hant."""

    shop: RunningShop
    person: Person
    phone: str

    @property
    def page(self) -> Page:
        return self.person.page

    def find(self, hook: str) -> Locator:
        """Visible elements with the class `t-<hook>`."""
        return self.page.locator(f".t-{hook}").locator("visible=true")

    async def tap(self, hook: str) -> None:
        target = self.find(hook).first
        await target.wait_for()
        if self.page.url.startswith(self.shop.url):
            await look(self.person)
        await target.click()

    async def fill(self, hook: str, text: str) -> None:
        await self.page.locator(f".t-{hook} input, input.t-{hook}").locator("visible=true").fill(text)

    async def sees(self, hook: str, text: str | re.Pattern[str]) -> None:
        """Waits until the element says `text`; nothing is reloaded."""
        await expect(self.find(hook).first).to_contain_text(text, timeout=SEEN_WITHIN_MS)

    async def go(self, path: str) -> None:
        """Opens a page of the shop by its address, as a link from a chat does."""
        await self.page.goto("about:blank")
        await self.page.goto(self.shop.page(path))

    async def has_closed(self) -> None:
        """Waits until what was open (a sheet, a dialog) has taken its entry of the history along."""
        async with asyncio.timeout(SEEN_WITHIN_MS / 1000):
            while await self.page.evaluate("() => Boolean(history.state?.ctHeld)"):
                await asyncio.sleep(0.05)

    async def sign_in(self) -> None:
        """Fills the sign-in page on the screen."""
        await self.enter_code(self.phone)
        await self.tap("sign-in")
        await expect(self.find("code")).to_have_count(0, timeout=SEEN_WITHIN_MS)

    async def enter_code(self, phone: str) -> None:
        """Asks for a code, and types the one that the sandbox's inbox gets."""
        before = len(await self.shop.sms_codes(phone))
        await self.fill("phone", phone)
        async with self.page.expect_response(re.compile("/sms-codes$")) as answer:
            await self.tap("send-code")
        assert (await answer.value).status == 202, await (await answer.value).text()
        await self.fill("code", await self.shop.sms_code(phone, before=before))

    async def enter_address(self, name: str, *, province: str = "440000") -> None:
        """From a checkout without an address, back to it with one."""
        await self.tap("add-address")
        if await self._is_list():
            await self.tap("add-address")
        await self.fill_address(name, province=province)
        await expect(self.find("address")).to_contain_text(name, timeout=SEEN_WITHIN_MS)

    async def fill_address(self, name: str, *, province: str = "440000") -> None:
        """The form on the screen, and back to where it was opened."""
        await self.fill("name", name)
        await self.fill("address-phone", "13900001111")
        await self.tap("province")
        await self.tap(f"province-{province}")
        await self.fill("city", "深圳市")
        await self.fill("district", "南山區")
        await self.fill("detail", "科技園 1 號")
        await self.tap("save")

    async def _is_list(self) -> bool:
        await self.page.wait_for_url(re.compile(r"/address(es)?(\?|$)"))
        return "/addresses" in self.page.url

    async def order_and_pay(self, *, sees_back: str | None = None) -> None:
        """From the SKU panel through a new address and the sandbox's cashier to the result page.

        `sees_back`: what the checkout says comes back to an initiator.
        """
        await self.tap("sku-done")
        await self.enter_address(f"{self.person.name}家")
        await expect(self.find("payable")).to_be_visible(timeout=SEEN_WITHIN_MS)
        if sees_back is not None:
            await self.sees("perk-back", sees_back)
            await self.person.shot("checkout")
        await self.tap("submit-order")
        await self.pay_at_cashier()
        await self.sees("pay-state", re.compile("付款成功|成團了"))

    async def pay_at_cashier(self) -> None:
        await self.page.wait_for_url(f"{self.shop.desk_url}/cashier/**")
        await self.page.locator("#pay").click()
        await self.page.wait_for_url(f"{self.shop.url}/**", timeout=SEEN_WITHIN_MS)

    async def give_up_at_cashier(self) -> None:
        """Comes back unpaid, and is asked at once what to do."""
        await self.page.wait_for_url(f"{self.shop.desk_url}/cashier/**")
        await self.page.locator("#cancel").click()
        await self.page.wait_for_url(f"{self.shop.url}/**", timeout=SEEN_WITHIN_MS)
        await self.sees("pay-state", "還沒有付款")

    async def answer_dialog(self) -> None:
        """Says yes in the dialog on the screen, which has closed then: the page may be left."""
        await self.page.locator(".uni-modal__btn_primary").click()
        await self.has_closed()

    async def close(self) -> None:
        """Closes the sheet on the screen; the page may be left then."""
        await self.tap("close")
        await self.has_closed()

    async def group_id(self) -> str:
        """Of the group page on the screen."""
        await self.page.wait_for_url(re.compile("/group/"))
        found = re.search(r"/group/([0-9a-f-]{36})", self.page.url)
        assert found, f"no group in {self.page.url}"
        return found.group(1)

    async def order_number(self) -> str:
        """Of the order page on the screen."""
        number = await self.find("order-number").text_content()
        assert number, "the order page shows no number"
        return number.strip()
