"""Chinese as it is typed with Latin letters: "shuiguo" and "sg" find 水果.

What is stored was made with `pinyin.txt`: a change of it needs a migration.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from pathlib import Path

LONGEST = 6
"""Nobody types more characters of a name by their sounds."""
_MOST_READINGS = 8
"""Of characters in a row that are read in several ways; enough for three of them."""
_MARK = "="
"""Before every spelling, so that none is taken for a piece of a text (`search.grams`)."""
_UNIT = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
_TYPED = re.compile(r"[a-z0-9]{2,}")


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Syllables by character."""
    lines = (Path(__file__).parent / "pinyin.txt").read_text("utf-8").splitlines()[1:]
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        syllable, characters = line.split(" ")
        for character in characters:
            found[character] = (*found.get(character, ()), syllable)
    return found


def spellings(texts: Iterable[str]) -> list[str]:
    """All that searchable texts are found by in Latin letters: each run of up to `LONGEST` characters, in full and by
    initials, with the letters and digits between them. For the same index as `search.grams`.
    """
    return sorted({_MARK + spelling for text in texts for word in text.split() for spelling in _of_word(word)})


def as_text(spellings: Iterable[str]) -> str:
    """In one text, in which the text of one of them is found: where a look is quicker than an index."""
    return "".join(spellings) + _MARK


def spelling_of_word(word: str) -> str | None:
    """The piece that a text has that is spelt like the word; None for a word that nobody spells so."""
    word = word.replace("ü", "v")
    return _MARK + word if _TYPED.fullmatch(word) else None


def _of_word(word: str) -> Iterable[str]:
    for run in _runs(word):
        for start in range(len(run)):
            for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                if any(chinese for _, chinese in run[start:end]):
                    yield from _joined([sounds for sounds, _ in run[start:end]])
                    yield from _joined([_initials(sounds) if chinese else sounds for sounds, chinese in run[start:end]])


def _initials(sounds: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sound[0] for sound in sounds))


def _joined(parts: Sequence[Sequence[str]]) -> Iterable[str]:
    for number, chosen in enumerate(product(*parts)):
        if number == _MOST_READINGS:
            return
        spelling = "".join(chosen)
        if len(spelling) > 1:
            yield spelling


def _runs(word: str) -> list[list[tuple[tuple[str, ...], bool]]]:
    """What stands together in a word: the sounds of each character (True), and what is Latin as it is (False)."""
    runs: list[list[tuple[tuple[str, ...], bool]]] = [[]]
    ended = 0
    for unit in _UNIT.finditer(word):
        text = unit.group()
        chinese = not text.isascii()
        sounds = _readings().get(text, ()) if chinese else (text,)
        if unit.start() != ended or not sounds:
            runs.append([])
        if sounds:
            runs[-1].append((sounds, chinese))
        ended = unit.end()
    return runs
