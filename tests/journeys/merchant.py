"""A merchant at the console, in a desktop browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.journeys.accessible import look
from tests.journeys.running_shop import RunningShop
from tests.support.people import Person

SEEN_WITHIN_MS = 30_000


@dataclass(frozen=True)
class Merchant:
    shop: RunningShop
    person: Person

    @property
    def page(self) -> Page:
        return self.person.page

    def find(self, hook: str) -> Locator:
        """Visible elements with this `data-test`."""
        return self.page.locator(f'[data-test="{hook}"]').locator("visible=true")

    async def tap(self, hook: str) -> None:
        await self.find(hook).first.click()

    async def fill(self, hook: str, text: str) -> None:
        field = self.find(hook).first
        tag = await field.evaluate("element => element.tagName")
        await (field if tag in {"INPUT", "TEXTAREA"} else field.locator("input, textarea").first).fill(text)

    async def choose(self, select: str, option: str) -> None:
        """Opens a select and takes an option, both by their hooks."""
        await self.tap(select)
        await self.tap(option)

    async def go(self, path: str) -> None:
        if self.page.url.startswith(self.shop.url):
            await look(self.person)
        await self.page.goto(f"{self.shop.url}/console/#{path}")

    async def sign_in(self, merchant_name: str, *, account: str | None = None) -> None:
        """`account` is what the list of accounts calls it, where that is not the name."""
        login, password = self.shop.console_account(account or merchant_name)
        await self.go("/")
        await self.fill("login", login)
        await self.fill("password", password)
        await self.tap("sign-in")
        await expect(self.find("staff-name")).to_contain_text(merchant_name, timeout=SEEN_WITHIN_MS)

    def order_row(self, number: str) -> Locator:
        return self.page.locator(f'[data-test="order-row"][data-number="{number}"]')

    async def ship(self, number: str, tracking_no: str) -> None:
        """From the tab of orders to ship: carrier, number, done."""
        row = self.order_row(number)
        await row.locator('[data-test="ship"]').click()
        # the dialog moves the cursor to the number once it stands, which would close the list of carriers
        await expect(self.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
        await self.choose("carrier", "carrier-SF")
        await self.fill("tracking-no", tracking_no)
        await self.tap("ship-confirm")
        await expect(row).to_have_count(0, timeout=SEEN_WITHIN_MS)

    async def track(self, number: str, code: str, words: str) -> None:
        """From the tab of shipped orders: note what happened to the parcel."""
        await self.order_row(number).locator('[data-test="track"]').click()
        await self.choose("tracking-code", f"tracking-code-{code}")
        await self.fill("tracking-text", words)
        await self.tap("tracking-confirm")
        await expect(self.find("tracking-events")).to_contain_text(words, timeout=SEEN_WITHIN_MS)

    async def saves_to(self, hook: str, list_path: str) -> None:
        """Sends a form off; it has been taken when the list is on the screen."""
        await self.tap(hook)
        await self.page.wait_for_url(re.compile(re.escape(list_path) + "$"), timeout=SEEN_WITHIN_MS)
