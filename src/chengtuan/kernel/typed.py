"""What people type or paste: the one place that decides which characters their text may hold.

Taken away in silence is only what nobody sees: marks that turn the direction of text (phones paste them around
numbers), zero-width characters outside emoji and the scripts that need them, white space at the ends. Everything
else is kept as it was typed, in composed form (NFC), or refused by name.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

ControlName = Literal["control_character", "line_break", "broken_character"]

_JOINERS = frozenset("\u200c\u200d")
_VARIATIONS = "".join(map(chr, range(0xFE00, 0xFE10)))
_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
_FLAG = "\U0001f3f4"
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Called letters or symbols, but nothing is seen of them."""
_NOT_IN_FIGURES = frozenset(("Cf", "Mn", "Me"))
_ARROW = "\u2194"
"""A sign of mathematics that is the last part of an emoji: a head that is shaken."""
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class BadText(ValueError):
    """The text holds something that a text of its kind may not hold; `what` names it for machines."""

    def __init__(self, what: ControlName) -> None:
        super().__init__(_SENTENCES[what])
        self.what = what


_SENTENCES: dict[ControlName, str] = {
    "control_character": "holds a control character",
    "line_break": "holds a line break, and has to be one line",
    "broken_character": "holds half a character",
}


def clean_line(text: str) -> str:
    """One line: a name, an address, a search. Raises BadText."""
    line = _clean(text).replace("\t", " ")
    if "\n" in line:
        raise BadText("line_break")
    return line


def clean_text(text: str) -> str:
    """One or more lines: a remark, a description. Line ends of any kind become `\\n`. Raises BadText."""
    return _clean(text)


def figures(text: str) -> str:
    """A number or a code as machines write it: half-width, without white space and what nobody sees of it.

    Marks that emoji and rare characters need come along when a number is copied from a document: they mean nothing.
    """
    half = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in half if unicodedata.category(sign) not in _NOT_IN_FIGURES and not sign.isspace())


def is_visible(text: str) -> bool:
    """Whether a reader would see anything of it."""
    return any(
        not unicodedata.category(character).startswith(("C", "Z", "M")) and character not in _BLANKS
        for character in text
    )


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _LINE_END.sub("\n", text)
    return unicodedata.normalize("NFC", "".join(_seen(text))).strip()


def _seen(text: str) -> Iterator[str]:
    """The characters without those that nobody sees. Raises BadText."""
    in_flag = False
    for place, character in enumerate(text):
        kind = unicodedata.category(character)
        in_flag = character == _FLAG or (in_flag and character in _TAGS)
        if kind == "Cs" or (kind == "Cn" and _is_never_a_character(character)):
            raise BadText("broken_character")
        if kind == "Cc" and character not in "\n\t":
            raise BadText("control_character")
        if kind != "Cf" or in_flag or (character in _JOINERS and _joins(text, place)):
            yield character


def _is_never_a_character(character: str) -> bool:
    """Unlike what this Python's tables do not know yet: rare names are written with new characters."""
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _joins(text: str, place: int) -> bool:
    """Between the parts of an emoji, or after a letter of a script that writes with joiners."""
    before = text[max(0, place - 3) : place].rstrip(_VARIATIONS)[-1:]
    after = text[place + 1 : place + 2]
    if not before or not after:
        return False
    if "\u0600" <= before <= "\u109f" or "\u1780" <= before <= "\u18af":
        return unicodedata.category(before)[0] in "LM"
    joined = unicodedata.category(before) == "So" or "\U0001f3fb" <= before <= "\U0001f3ff"
    return text[place] == "\u200d" and joined and (unicodedata.category(after) == "So" or after == _ARROW)
