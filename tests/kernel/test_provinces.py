"""Provinces by their names, as clients and people write them."""

import json
from pathlib import Path

import pytest

from chengtuan.kernel.provinces import PROVINCE_CODES, may_hold_city, province_called

LOCALES = Path(__file__).parents[2] / "clients/shop/src/locales"


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_what_the_shops_picker_writes_is_the_province_of_its_code(language: str) -> None:
    written = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))["province"]
    assert {code: province_called(name) for code, name in written.items()} == {code: code for code in PROVINCE_CODES}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("新疆", "650000"),
        ("新疆维吾尔自治区", "650000"),
        ("新疆維吾爾自治區", "650000"),
        ("新疆省", "650000"),
        (" Xinjiang Uygur Autonomous Region ", "650000"),
        ("广西壮族自治区", "450000"),
        ("廣西", "450000"),
        ("宁夏回族自治区", "640000"),
        ("内蒙", "150000"),
        ("臺灣省", "710000"),
        ("香港特别行政区", "810000"),
        ("Hong Kong SAR", "810000"),
        ("Macao", "820000"),
        ("Shaanxi Province", "610000"),
        ("Shanxi province", "140000"),
        ("北京", "110000"),
        ("吉林市", "220000"),
        ("海南州", None),
        ("廣東新疆", None),
        ("广州市", None),
        ("", None),
        ("省", None),
    ],
)
def test_a_province_is_known_by_its_short_and_its_long_name(name: str, code: str | None) -> None:
    assert province_called(name) == code


@pytest.mark.parametrize(
    ("code", "city", "fits"),
    [
        ("630000", "Hainan", True),
        ("630000", "海南", True),
        ("630000", "海南藏族自治州", True),
        ("220000", "Jilin", True),
        ("310000", "上海市", True),
        ("440000", "深圳市", True),
        ("440000", "Hainan", False),
        ("460000", "Qinghai", False),
        ("630000", "Hunan", False),
    ],
)
def test_a_city_may_be_called_as_another_province_is_where_there_is_one(code: str, city: str, fits: bool) -> None:
    assert may_hold_city(code, city) is fits
