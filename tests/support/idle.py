"""Statements about nobody: an empty list stands where they say whom they concern, so they find and change nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from chengtuan.platform.wire import Answer, Statement, Wire

_PLACE = re.compile(r"(?:\b(?P<word>any|unnest)\(\s*)?%(?:\((?P<name>\w+)\))?s")
_OTHERS = re.compile(r"\bor\b|\bnot in\b", re.IGNORECASE)

sent: list[str] = []
"""Since it was last emptied, in this process."""


def concerns_nobody(sql: str, params: Any) -> bool:
    """A list may be empty among alternatives (`or`), where others are meant (`not in`), and beside one that is not."""
    if _OTHERS.search(sql) or not isinstance(params, Mapping | Sequence):
        return False
    empty: dict[str, list[bool]] = {"any": [], "unnest": []}
    for nth, place in enumerate(_PLACE.finditer(sql)):
        if place["word"]:
            value = params[place["name"]] if isinstance(params, Mapping) else params[nth]
            empty[place["word"]].append(value in ([], (), "{}"))
    return any(empty["any"]) or (bool(empty["unnest"]) and all(empty["unnest"]))


def listen() -> None:
    """From now on `sent` is kept."""
    exchange = Wire.exchange

    async def heard(wire: Wire, statements: Sequence[Statement]) -> list[Answer]:
        idle = (each.sql for each in statements if each.params and concerns_nobody(each.sql, each.params))
        sent.extend(" ".join(sql.split())[:200] for sql in idle)
        return await exchange(wire, statements)

    pytest.MonkeyPatch().setattr(Wire, "exchange", heard)
