"""The demo catalogue is complete, consistent and priced so that joining a group always pays."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from demo.artwork.colours import KEYS
from demo.artwork.packaging import KINDS
from demo.artwork.scenes import LAYOUTS

CATALOGUE: Final = Path(__file__).resolve().parents[2] / "demo" / "catalogue"
LANGUAGES: Final = {"zh-Hant", "zh-Hans", "en"}
# Characters that exist in only one of the two scripts and are common enough to give a slip away.
ONLY_HANT: Final = set("無裝個顆這來時會開麵茶葉點雙兩電選團頭鐵鮮紅綠藍黃鹽雞蛋號條氣") - set("茶蛋")
ONLY_HANS: Final = set("无装个颗这来时会开面叶点双两电选团头铁鲜红绿蓝黄盐鸡号条气") - set("面个气号")
Row = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((CATALOGUE / name).read_text(encoding="utf-8"))


PRODUCTS: Final[list[Row]] = [
    row for path in sorted((CATALOGUE / "products").glob("*.json")) for row in load(f"products/{path.name}")
]
CAMPAIGNS: Final[list[Row]] = load("campaigns.json")
FLASH_SALES: Final[list[Row]] = load("flash_sales.json")
BY_KEY: Final = {row["key"]: row for row in PRODUCTS}


def texts(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict) and "zh-Hant" in value:
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for child in children for text in texts(child)]


def test_there_is_enough_of_everything() -> None:
    assert len(load("merchants.json")) == 4
    assert len(PRODUCTS) >= 84
    assert len(BY_KEY) == len(PRODUCTS)
    slugs = [row["slug"] for row in load("categories.json")]
    assert len(slugs) == 8
    assert min(sum(row["category"] == slug for row in PRODUCTS) for slug in slugs) >= 10
    kinds = [row["kind"] for row in CAMPAIGNS]
    assert kinds.count("fixed") >= 30
    assert kinds.count("ladder") >= 13
    assert {row["tiers"][0]["people"] for row in CAMPAIGNS if row["kind"] == "fixed"} == {2, 3, 5, 10}


def test_references_resolve() -> None:
    merchants = {row["key"] for row in load("merchants.json")}
    categories = {row["slug"] for row in load("categories.json")}
    assert {row["merchant"] for row in PRODUCTS} == merchants
    assert {row["category"] for row in PRODUCTS} == categories
    promoted = [row["product"] for row in CAMPAIGNS]
    assert set(promoted) <= set(BY_KEY)
    assert len(set(promoted)) == len(promoted), "two campaigns of one product would overlap"


def test_a_flash_sale_is_cheaper_than_anything_else() -> None:
    """Some run when the shop is opened and some come; one of a product, below the price alone, of what there is."""
    assert {row["begins_in_hours"] > 0 for row in FLASH_SALES} == {True, False}
    assert len({row["product"] for row in FLASH_SALES}) == len(FLASH_SALES)
    for row in FLASH_SALES:
        skus = {sku["key"]: sku for sku in BY_KEY[row["product"]]["skus"]}
        assert 1 <= row["hours"] <= 24
        assert ONLY_HANS.isdisjoint(row["name"])
        for key, variant in row["variants"].items():
            assert 0 < variant["price_fen"] < skus[key]["solo_price_fen"]
            assert 0 < variant["units"] <= skus[key]["stock"] // 2


@pytest.mark.parametrize("name", ["merchants.json", "categories.json", "products"])
def test_every_text_is_in_all_three_languages(name: str) -> None:
    found = texts(PRODUCTS if name == "products" else load(name))
    assert found
    for text in found:
        assert set(text) == LANGUAGES
        assert all(value == value.strip() and value for value in text.values())
        assert re.fullmatch(r"[ -~–—×°’éùäñ]+", text["en"]), text["en"]
        assert not ONLY_HANS & set(text["zh-Hant"]), text["zh-Hant"]
        assert not ONLY_HANT & set(text["zh-Hans"]), text["zh-Hans"]


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda row: row["key"])
def test_a_product_is_fit_for_sale(product: Row) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", product["key"])
    skus = product["skus"]
    assert 1 <= len(skus) <= 3
    assert len({sku["key"] for sku in skus}) == len(skus)
    assert all(100 <= sku["solo_price_fen"] <= 100_000 and sku["stock"] > 0 for sku in skus)
    cheapest = min(sku["solo_price_fen"] for sku in skus)
    assert product["list_price_fen"] is None or product["list_price_fen"] > cheapest
    art = product["art"]
    assert art["layout"] in LAYOUTS
    assert art["palette"] in KEYS
    assert 1 <= len(art["objects"]) <= 3
    assert all("emoji" in item or item["prop"] in KINDS for item in art["objects"])


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda row: row["product"])
def test_a_campaign_follows_the_tier_rules(campaign: Row) -> None:
    skus = {sku["key"]: sku for sku in BY_KEY[campaign["product"]]["skus"]}
    tiers = campaign["tiers"]
    assert len(tiers) == 1 if campaign["kind"] == "fixed" else len(tiers) >= 2
    assert all(low["people"] < high["people"] for low, high in pairwise(tiers))
    assert tiers[0]["people"] >= 2
    for key, sku in skus.items():
        steps = [sku["solo_price_fen"], *(tier["prices_fen"][key] for tier in tiers)]
        assert all(dear > cheap > 0 for dear, cheap in pairwise(steps))
    assert all(set(tier["prices_fen"]) == set(skus) for tier in tiers)
    assert 1 <= campaign["group_duration_hours"] <= 168
    top = tiers[-1]["people"]
    stock = sum(sku["stock"] for sku in skus.values())
    assert campaign["stock_cap"] is None or top <= campaign["stock_cap"] <= stock
    assert campaign["per_user_limit"] is None or campaign["per_user_limit"] >= 1
    assert all(re.fullmatch(r"\d{2}0000", code) for code in campaign["regions"] or ["000000"])
    assert set(campaign.get("terms", {})) <= {"newcomers_only", "overflow", "initiator_off_percent", "hard_end"}


def test_people_are_invented_and_complete() -> None:
    people = load("people.json")
    avatars = {row["key"] for row in load("avatars.json")}
    assert avatars == {f"a{number:02d}" for number in range(1, 25)}
    shoppers = people["shoppers"]
    assert len({row["nickname"] for row in shoppers}) == len(shoppers) == 24
    assert {row["avatar"] for row in shoppers} == avatars
    recipients = {row["name"] for row in people["addresses"]}
    assert not recipients & {row["nickname"] for row in shoppers}, (
        "who is called as somebody else is addressed confuses"
    )
    fictional = re.compile(r"1380000000[1-5]")
    assert len(people["phones"]) == 5
    assert all(fictional.fullmatch(phone) for phone in people["phones"])
    assert len(people["addresses"]) == 30
    for address in people["addresses"]:
        assert set(address) == {"name", "phone", "province_code", "province", "city", "district", "detail"}
        assert fictional.fullmatch(address["phone"])
        assert re.fullmatch(r"\d{2}0000", address["province_code"])
    assert len({row["province_code"] for row in people["addresses"]}) >= 12
