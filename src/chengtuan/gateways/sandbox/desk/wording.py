"""Which language a page speaks, and its texts, kept in `wording.json`: one entry per text and language."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = {"zh-Hant": "繁體", "zh-Hans": "简体", "en": "English"}
FALLBACK = "zh-Hant"
_TAG = re.compile(r"\s*([A-Za-z-]+)\s*(?:;\s*q=([0-9.]+))?\s*")
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts by key, then by language."""
    texts: dict[str, dict[str, str]] = json.loads(
        files(__package__).joinpath("wording.json").read_text(encoding="utf-8")
    )
    return texts


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts in one language."""

    language: str

    def __call__(self, key: str, **values: str) -> str:
        texts = catalogue()[key]
        text = texts.get(self.language) or texts[FALLBACK]
        return text.format(**values) if values else text


def choose_language(accept_language: str, chosen: str | None) -> str:
    """The language picked on the page, else the browser's best, else traditional Chinese."""
    if chosen in LANGUAGES:
        return chosen or FALLBACK
    for tag in _by_preference(accept_language):
        if tag.startswith(_TRADITIONAL):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return FALLBACK


def _by_preference(accept_language: str) -> list[str]:
    weighed = []
    for part in accept_language.split(","):
        if found := _TAG.fullmatch(part):
            try:
                weighed.append((float(found[2] or 1), found[1].lower()))
            except ValueError:
                continue
    return [tag for _, tag in sorted(weighed, key=lambda item: -item[0])]
