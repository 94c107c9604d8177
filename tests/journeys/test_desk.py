"""The sandbox's desk in a real browser: headers that a form arrives with are the browser's, not a test's."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from chengtuan.gateways.sandbox import initialise
from tests.gateways.process import SandboxProcess
from tests.support.browser import DESKTOP, NewPerson
from tests.support.ports import free_port

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def test_every_button_of_the_ledger_page_works(new_person: NewPerson, tmp_path: Path) -> None:
    port = free_port()
    initialise(tmp_path, public_url=f"http://127.0.0.1:{port}")
    async with SandboxProcess(tmp_path, port) as sandbox:
        page = (await new_person("desk", locale="en-US", viewport=DESKTOP)).page
        await page.goto(f"{sandbox.url}/ledger")
        armed = page.locator("#ledger .alert")
        await page.locator('select[name="kind"]').select_option(label="Callback lost")
        await page.get_by_role("button", name="Arm").click()
        await expect(armed).to_contain_text("Callback lost × 1")
        for button in ("Apply", "Deliver due notices now", "Rotate the platform certificate"):
            await page.get_by_role("button", name=button).click()
            await page.wait_for_url(re.compile("/ledger$"))
            await expect(armed).to_be_visible()
        await armed.get_by_role("button").click()
        await expect(armed).to_have_count(0)
