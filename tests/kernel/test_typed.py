"""What people type: nothing seen is changed in silence, nothing that breaks a page or the database is kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.kernel.typed import BadText, clean_line, clean_text, figures, is_visible

FAMILY = "👨‍👩‍👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王小明", "王小明"),
        ("  Ann Lee \r\n", "Ann Lee"),
        ("\u202d138 0013 8000\u202c", "138 0013 8000"),
        ("\ufeff\u200b張\u200b三\u2060", "張三"),
        ("cafe\u0301", "café"),
        (f"{FAMILY} 一家", f"{FAMILY} 一家"),
        ("👩🏽‍🚒❤️‍🔥", "👩🏽‍🚒❤️‍🔥"),
        (SCOTLAND, SCOTLAND),
        ("🙂\u200d↔️", "🙂\u200d↔️"),
        ("a\u200d↔", "a↔"),
        ("می‌خواهم", "می‌خواهم"),
        ("a\u200db", "ab"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\U0002ebf0", "\U0002ebf0"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "Ｆｕｌｌ　ｗｉｄｔｈ"),
        ("a\tb", "a b"),
    ],
)
def test_only_what_nobody_sees_is_taken_away(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("王\n小明", "line_break"),
        ("王\u2028小明", "line_break"),
        ("王\x85小明", "line_break"),
        ("a\x00b", "control_character"),
        ("a\x1b[31mb", "control_character"),
        ("\ud83d", "broken_character"),
        ("a\uffff", "broken_character"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(typed: str, what: str) -> None:
    with pytest.raises(BadText) as refused:
        clean_line(typed)
    assert refused.value.what == what


def test_prose_has_lines_of_one_kind() -> None:
    assert clean_text("一\r\n二\u2029三\x0b\t四\n") == "一\n二\n三\n\t四"


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("ＳＦ　１２３", "SF123"),
        ("1\ufe0f\u20e32\ufe0d3", "123"),
        ("\u202d1 2\u00ad3\u200b\n", "123"),
        ("12-3", "12-3"),
        ("١", "١"),
    ],
)
def test_a_number_holds_nothing_that_nobody_sees(copied: str, meant: str) -> None:
    assert figures(copied) == meant


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u2800", "\ufe0f", "\u0301"])
def test_what_looks_empty_is_not_visible(text: str) -> None:
    assert not is_visible(text)
    assert is_visible(text + "王")


@given(st.text())
def test_what_is_kept_stays_as_it_is(typed: str) -> None:
    """Kept text is composed, holds nothing that turns or hides it, and is not changed by a second look."""
    try:
        kept = clean_text(typed)
    except BadText:
        return
    assert clean_text(kept) == kept == unicodedata.normalize("NFC", kept)
    kept.encode()
    assert not {"\x00", "\u2028", "\u202e", "\ufeff", "\r"} & set(kept)
