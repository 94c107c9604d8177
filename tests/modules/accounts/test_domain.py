"""The pure rules of people: phones, languages, names, regions, tokens."""

import secrets
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.kernel.languages import language_from
from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.kernel.text import LANGUAGES
from chengtuan.modules.accounts.codes.rules import new_code
from chengtuan.modules.accounts.people.rules.nicknames import (
    MAX_NICKNAME,
    BadNickname,
    clean_nickname,
    generate_nickname,
)
from chengtuan.modules.accounts.people.rules.phones import BadPhoneNumber, mask_phone, parse_phone
from chengtuan.modules.accounts.sessions.rules import new_token, token_hash
from chengtuan.platform.client_address import client_subject


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("13800138000", "+8613800138000"),
        (" 138 0013 8000 ", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("19900000000", "+8619900000000"),
        ("+852 9123 4567", "+85291234567"),
        ("+85251234567", "+85251234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+886 (0)912 345 678", "+886912345678"),
        ("0912-345-678", "+886912345678"),
    ],
)
def test_phones_are_understood_as_people_write_them(written: str, e164: str) -> None:
    assert parse_phone(written) == e164
    assert parse_phone(e164) == e164


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1380013800",
        "138001380000",
        "12800138000",
        "+1 202 555 0123",
        "+8521123456",
        "+85211234567",
        "+85381234567",
        "+886812345678",
        "+86 010 6552 9988",
        "+",
        "++8613800138000",
        "13800138000; drop table person",
        "13800138000\n13900139000",
        "१३८००१३८०००",
        "1380013８०00",
        "1" * 1000,
    ],
)
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(BadPhoneNumber):
        parse_phone(written)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        e164 = parse_phone(text)
    except BadPhoneNumber:
        return
    assert e164.startswith(("+86", "+852", "+853", "+886"))
    assert e164[1:].isascii()
    assert e164[1:].isdigit()


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+8613812345678", "138****5678"),
        ("+85291234567", "+852 91****67"),
        ("+85366123456", "+853 66****56"),
        ("+886912345678", "+886 91****78"),
    ],
)
def test_shown_phones_hide_the_middle(e164: str, shown: str) -> None:
    assert mask_phone(e164) == shown


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-Hant"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh_TW,en;q=0.3", "zh-Hant"),
        ("en-GB,en;q=0.9,zh-TW;q=0.8", "en"),
        ("fr-FR, en;q=0.5, zh-TW;q=0.7", "zh-Hant"),
        ("fr", "zh-Hant"),
        ("en;q=0, zh-CN;q=0.1", "zh-Hans"),
        ("en;q=abc, zh-TW;q=0.1", "zh-Hant"),
        ("en;q=nan", "zh-Hant"),
        (";;;,,,q=1", "zh-Hant"),
        ("*", "zh-Hant"),
    ],
)
def test_the_language_is_the_first_one_that_the_product_speaks(header: str, language: str) -> None:
    assert language_from(header) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_generated_names_could_have_been_chosen(language: str) -> None:
    names = {generate_nickname(language, secrets.choice) for _ in range(200)}
    assert len(names) > 30
    assert all(clean_nickname(name) == name for name in names)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  小 熊  ", "小 熊"),
        ("Ann\tLee", "Ann Lee"),
        ("👨‍👩‍👧 一家", "👨‍👩‍👧 一家"),
        ("\u202eevil", "evil"),
        ("x" * 24, "x" * 24),
    ],
)
def test_nicknames_are_put_in_order(typed: str, kept: str) -> None:
    assert clean_nickname(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "x" * (MAX_NICKNAME + 1), "a\x07b", "a\nb", "\u200d", "\ue000"])
def test_names_that_cannot_be_shown_are_refused(typed: str) -> None:
    with pytest.raises(BadNickname):
        clean_nickname(typed)


def test_there_are_34_provinces() -> None:
    assert len(PROVINCE_CODES) == 34
    assert {"110000", "440000", "710000", "810000", "820000"} <= PROVINCE_CODES
    assert not {"440100", "160000", "380000", "000000", "44"} & PROVINCE_CODES


def test_tokens_are_long_different_and_found_by_their_hash() -> None:
    tokens = [new_token() for _ in range(100)]
    assert len({token.text for token in tokens}) == 100
    for token in tokens:
        assert len(token.text) == 43  # 256 bits in base64
        assert token_hash(token.text) == token.hash == sha256(token.text.encode()).digest()


@pytest.mark.parametrize("text", ["x" * 200, "令牌", "\ud800"])
def test_texts_that_cannot_be_tokens_are_not_looked_up(text: str) -> None:
    assert token_hash(text) is None


def test_codes_have_six_digits_with_leading_zeros() -> None:
    codes = [new_code() for _ in range(5000)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_a_household_is_one_client(address: str, subject: str) -> None:
    assert client_subject(address) == subject
