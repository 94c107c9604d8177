"""Text that merchants write, in one or more of the product's languages."""

from collections.abc import Mapping
from typing import TypeAlias

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
"""In the order in which a missing language falls back."""

LocalizedText: TypeAlias = Mapping[str, str]


def in_language(text: LocalizedText, language: str) -> str:
    """The text in a language, or in the nearest one there is."""
    for candidate in (language, *LANGUAGES):
        if text.get(candidate):
            return text[candidate]
    return next(iter(text.values()), "")
