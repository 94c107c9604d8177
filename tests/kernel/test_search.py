"""What people type finds what people wrote, and nothing else."""

import pytest

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.search import containing, folded, grams, grams_of_word, normalised, searchable, words_of
from chengtuan.kernel.seen import MOST_SEEN, decode_seen, encode_seen


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("蘋果", "苹果"),
        ("臺灣鳳梨乾", "台湾凤梨干"),
        ("ＡＢＣ１２３", "abc123"),
        ("Pomelo", "POMELO"),
        ("全形　空白", "全形 空白"),
        ("two\nlines", "two lines"),
        ("\u202dpasted\u202c from a phone", "pasted from a phone"),
        ("Straße", "strasse"),
        ("ᴮeer ϒ", "beer υ"),  # capitals only once they are plain letters
        ('12"', '12"'),
        ("C:\\", "c:\\"),
        ("裏外", "裡外"),
        ("衞生枱", "卫生台"),
    ],
)
def test_the_same_words_have_one_form(written: str, typed: str) -> None:
    assert normalised(written) == normalised(typed)
    assert normalised(normalised(written)) == normalised(written)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Farmer’s", "farmer's"),
        ("Farmer's", "FARMERʼS"),
        ("“best” tea", '"best" tea'),
        ("T‑shirt", "t-shirt"),
        ("1〜2斤", "1～2斤"),
        ("史蒂夫・乔布斯", "史蒂夫·乔布斯"),
        ("Crème brûlée", "creme brulee"),
        ("PHỞ BÒ", "pho bo"),
    ],
)
def test_what_keyboards_choose_does_not_matter(written: str, typed: str) -> None:
    assert searchable({"en": written}) == searchable({"en": typed})
    assert words_of(written) == words_of(typed)
    assert folded(folded(written)) == folded(written)


def test_another_letter_is_another_letter() -> None:
    assert words_of("lü") == ["lü"], "it spells other characters than lu"
    assert words_of("ガ び ё й") == ["ガ", "び", "ё", "й"]


def test_only_values_are_searched() -> None:
    text = searchable({"zh-Hant": "蜜柚", "en": "Pomelo"}, {"en": "Orchard"})
    assert text.split("\n") == ["蜜柚", "pomelo", "orchard"]
    assert all(word not in text for word in ("en", "zh", "-", '"', ":", "{", "柚p"))


@pytest.mark.parametrize("word", ["柚", "蜜柚", "mel", "p", "12%", "a_b"])
def test_the_index_never_misses_what_the_pattern_finds(word: str) -> None:
    text = searchable({"zh-Hant": "蜜柚 12%", "en": "Pomelo a_b"})
    assert word in text
    assert set(grams_of_word(word)) <= set(grams([text]))


def test_what_is_typed_stands_for_itself() -> None:
    assert containing('12%_\\"') == '%12\\%\\_\\\\"%'
    assert words_of("  紅　蘋果 ") == ["红", "苹果"]


@pytest.mark.parametrize(
    "numbers", [[], [1], [1, 2, 3], [7, 128, 16384, 2**31 - 1], list(range(5, 5 + 3 * MOST_SEEN, 3))]
)
def test_what_was_seen_is_remembered_exactly(numbers: list[int]) -> None:
    assert decode_seen(encode_seen(numbers)) == numbers


@pytest.mark.parametrize(
    "cursor", ["nonsense", "ä", "AAAA", encode_seen([5])[:-3], encode_seen(range(1, MOST_SEEN + 2)), "=" * 50]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_seen(cursor)
