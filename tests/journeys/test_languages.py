"""Each language is itself on every page: titles right, no words of the other catalogues."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewShopper
from tests.journeys.running_shop import ROOT, RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS, Shopper

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
CATALOGUES = ROOT / "clients" / "shop" / "src"
LANGUAGES = {"zh-TW": "zh-Hant", "zh-CN": "zh-Hans", "en-US": "en"}
# What shoppers read most; a page in another language must show none of these words.
TELLING = (
    *("tab.home", "tab.category", "product.open", "product.how", "product.about", "product.how3", "group.join"),
    *("group.rules", "group.rule2", "group.status.join", "orders.all", "order.status.to_ship", "home.sort.discount"),
    *("flash.startsIn", "flash.endsIn", "flash.others"),
)


def words(language: str) -> dict[str, str]:
    def flat(node: dict[str, Any], path: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in node.items():
            found |= flat(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
        return found

    files = CATALOGUES.glob(f"**/locales/{language}.json")
    return {key: text for file in files for key, text in flat(json.loads(file.read_text(encoding="utf-8"))).items()}


async def check_page(reader: Shopper, language: str, title: str) -> None:
    own = words(language)
    await expect(reader.page).to_have_title(own[title], timeout=SEEN_WITHIN_MS)
    shown = await reader.page.locator("uni-app").inner_text()
    others = {words(each)[key] for each in LANGUAGES.values() for key in TELLING if each != language}
    foreign = {text for text in others - {own[key] for key in TELLING} if text in shown}
    assert not foreign, f"{reader.page.url} in {language} shows {foreign}"
    assert not re.search(r"\b(title|tab|home|product|group|order|orders|ui)\.[a-z]+\b", shown), "a key without words"
    if language == "en":
        assert any(own[key] in shown for key in TELLING), f"nothing English on {reader.page.url}"


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_pages_speak_one_language(running_shop: RunningShop, new_shopper: NewShopper, locale: str) -> None:
    language = LANGUAGES[locale]
    reader = await new_shopper(locale, locale=locale)
    cards = (await running_shop.get("/trade/listings", sort="forming", limit=20))["items"]
    forming = next(card for card in cards if card["nearest_group"])
    await reader.go("/")
    await expect(reader.find("listing").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    await check_page(reader, language, "app.name")
    await reader.person.shot("home")
    await reader.go(f"/product/{forming['product_id']}")
    await reader.sees("open-group", words(language)["product.open"])
    await check_page(reader, language, "title.product")
    await reader.person.shot("product")
    await reader.go(f"/group/{forming['nearest_group']['id']}")
    await reader.sees("join", words(language)["group.join"])
    await check_page(reader, language, "title.group")
    await reader.person.shot("group")
    await reader.go("/sign-in")
    await reader.sign_in()
    await reader.go("/orders")
    await expect(reader.find("tab-all")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await check_page(reader, language, "title.orders")
    await reader.person.shot("orders")


def test_the_catalogues_are_where_this_test_looks() -> None:
    assert {path.stem for path in CATALOGUES.glob("**/locales/*.json")} == set(LANGUAGES.values())
