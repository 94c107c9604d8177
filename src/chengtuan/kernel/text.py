"""Text that merchants write, in one or more of the product's languages."""

import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
"""In the order in which a missing language falls back."""

_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of these are a flag."""
LocalizedText: TypeAlias = Mapping[str, str]


_JOINER = "\u200d"


def cut(text: str, most: int) -> str:
    """The first `most` characters, without an emoji or a letter that would be torn there."""
    end = min(most, len(text))
    while 0 < end < len(text) and _holds_together(text, end):
        end -= 1
    return text[:end]


def _holds_together(text: str, at: int) -> bool:
    """Whether what stands before and after this place is seen as one sign."""
    after = text[at]
    if text[at - 1] == _JOINER or after == _JOINER or unicodedata.category(after) in ("Mn", "Me"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    flags = at - len(text[:at].rstrip(_FLAGS))
    return after in _FLAGS and flags % 2 == 1


def in_language(text: LocalizedText, language: str) -> str:
    """The text in a language, or in the nearest one there is."""
    for candidate in (language, *LANGUAGES):
        if text.get(candidate):
            return text[candidate]
    return next(iter(text.values()), "")
