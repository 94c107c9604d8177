"""Text as it is searched: the values alone, in one form, so that what people type finds what people wrote.

Never the serialised form: its quotes, colons and language codes are nobody's words.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from chengtuan.kernel.text import LocalizedText

_BETWEEN = "\n"
"""Between the values of a searchable text; a word of a query never holds it."""


@cache
def _simplified() -> dict[int, str]:
    """Traditional and variant characters by the simplified one.

    What is stored was made with this table: a change of it needs a migration.
    """
    lines = (Path(__file__).parent / "simplified.txt").read_text("utf-8").splitlines()
    traditional, simplified = ("".join(lines[nth::3]) for nth in (1, 2))  # each pair of lines below its title
    return {ord(a): b for a, b in zip(traditional, simplified, strict=True)}


def normalised(text: str) -> str:
    """Full-width as half-width, capitals as small, traditional as simplified; nothing invisible, single spaces."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_simplified())
    kept = (" " if unicodedata.category(c)[0] in "ZC" and unicodedata.category(c) != "Cf" else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cf").split())


def searchable(*texts: LocalizedText) -> str:
    """The values of all languages, for storing beside what they are the values of."""
    return _BETWEEN.join(dict.fromkeys(normalised(value) for text in texts for value in text.values()))


def words_of(query: str) -> list[str]:
    """What a query asks for: every one of these has to occur somewhere in a searchable text."""
    return normalised(query).split()


def grams(texts: Iterable[str]) -> list[str]:
    """The characters and pairs of neighbours in searchable texts, for an index in which one character finds.

    Chinese words are one or two characters long, too short for indexes of longer pieces.
    """
    found: set[str] = set()
    for text in texts:
        for word in text.split():
            found.update(word)
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return sorted(found)


def grams_of_word(word: str) -> list[str]:
    """The pieces that a text has to have before it can hold the word."""
    return [word] if len(word) == 1 else sorted({word[at : at + 2] for at in range(len(word) - 1)})


def containing(word: str) -> str:
    """A LIKE pattern in which a word stands for itself."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
