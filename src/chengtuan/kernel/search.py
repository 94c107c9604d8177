"""Text as it is searched: the values alone, in one form, so that what people type finds what people wrote.

Never the serialised form: its quotes, colons and language codes are nobody's words.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from chengtuan.kernel.text import LocalizedText

_LOOKS = {"'": "’‘ʼʻ′`", '"': "“”„‟", "-": "‐‒–—―−", "·": "•‧・∙⋅", "~": "〜∼"}
"""Signs that stand for the same: which of them is typed is the keyboard's choice (an iPhone's apostrophe is curly)."""
_OTHER_SOUND = "üǖǘǚǜ"
"""No u with a mark: it spells other characters (`kernel.pinyin`)."""
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


@cache
def _plain() -> dict[int, str]:
    """Latin letters without their marks, and one look of each sign. As `_simplified`, a change needs a migration."""
    signs = {ord(look): sign for sign, looks in _LOOKS.items() for look in looks}
    letters = {ord(letter): base for letter in map(chr, range(0xC0, 0x1F00)) if (base := _base_of(letter))}
    return signs | letters


def _base_of(letter: str) -> str | None:
    apart = unicodedata.normalize("NFD", letter)
    return apart[0] if len(apart) > 1 and apart[0].isascii() and letter not in _OTHER_SOUND else None


def folded(text: str) -> str:
    """A normalised text as it is searched: nobody types the accents of "café", nor chooses the look of a sign."""
    return text.translate(_plain())


def normalised(text: str) -> str:
    """Full-width as half-width, capitals as small, traditional as simplified; nothing invisible, single spaces."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_simplified())
    kept = (" " if unicodedata.category(c)[0] in "ZC" and unicodedata.category(c) != "Cf" else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cf").split())


def searchable(*texts: LocalizedText) -> str:
    """The values of all languages, for storing beside what they are the values of."""
    return _BETWEEN.join(dict.fromkeys(folded(normalised(value)) for text in texts for value in text.values()))


def words_of(query: str) -> list[str]:
    """What a query asks for: every one of these has to occur somewhere in a searchable text."""
    return folded(normalised(query)).split()


def grams(texts: Iterable[str]) -> list[str]:
    """The characters and pairs of neighbours in searchable texts, for an index in which one character finds.

    Chinese words are one or two characters long, too short for indexes of longer pieces. Databases have it in SQL too
    (`catalog.grams`, `trade.grams`).
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
