"""Names are found by how they are typed with Latin letters."""

import pytest

from chengtuan.kernel.pinyin import spelling_of_word, spellings
from chengtuan.kernel.search import grams, searchable, words_of


def found(name: str, query: str) -> bool:
    pieces = spellings([searchable({"zh-Hant": name})])
    return all(spelling_of_word(word) in pieces for word in words_of(query))


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("有機水果", "shuiguo"),
        ("有機水果", "sg"),
        ("有机水果", "ShuiGuo"),
        ("有機水果", "yjsg"),
        ("有機水果", "shui"),
        ("綠茶", "lvcha"),
        ("綠茶", "lücha"),
        ("重慶小麵", "chongqing"),
        ("重量級啞鈴", "zhongliang"),
        ("T恤", "txu"),
        ("A4紙", "a4zhi"),
        ("5斤裝蘋果", "jinzhuang"),
        ("iPhone15手機殼", "sjk"),
        ("龍井 綠茶", "longjing lc"),
    ],
)
def test_a_name_is_found_by_its_sounds(name: str, query: str) -> None:
    assert found(name, query)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("有機水果", "guoshui"),
        ("有機水果", "s"),  # one letter is a letter
        ("水、果", "shuiguo"),  # what does not stand together is not one word
        ("Pomelo", "pomelo"),  # found as it is written, not by its sounds
        ("水果", "水"),
    ],
)
def test_and_by_nothing_else(name: str, query: str) -> None:
    assert not found(name, query)


def test_spellings_are_no_pieces_of_texts() -> None:
    assert not set(spellings(["水果sg"])) & set(grams(["水果sg shuiguo"]))
    assert spellings(["pomelo 12%"]) == []


def test_many_ways_to_read_a_name_stay_few() -> None:
    assert len(spellings(["重长行乐还都" * 3])) < 2000
