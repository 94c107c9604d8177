"""Oddities: what a place of a request can hold that nobody meant it to hold."""

import base64
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chengtuan.kernel.pagination import encode_cursor

SOME_ID = "0192f000-0000-7000-8000-000000000000"
_BIG = (2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30)
_TIMES = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:60Z",
    "2026-02-30T00:00:00Z",
    "2026-06-01T24:00:00Z",
    "2026-06-01T04:00:00+99:99",
    "2026-06-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "-0001-01-01",
    "0000-00-00",
)
_IDS = (
    str(UUID(int=0)),
    f"urn:uuid:{SOME_ID}",
    f"{{{SOME_ID}}}",
    SOME_ID.replace("-", ""),
    SOME_ID[:-1],
    f"{SOME_ID}0",
)
_LETTERS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1f\x7f",
    "\ufeff\u202e\u200b",
    "😀" * 300,
    "蜜" * 2500,
    "a\r\nb: c",
    "../../etc/passwd",
    "'; drop table person; --",
    "<script>alert(1)</script>",
    "%s %d {0}",
    "\\u0000",
)
_NUMBERS = ("0", "-1", "1.5", "1e309", "NaN", "Infinity", "-0", "0x10", "1_000", "١٢٣", "1" * 5000, *map(str, _BIG))
_WORDS = ("null", "true", "{}", "[]", "undefined")
TEXTS: tuple[str, ...] = (*_LETTERS, *_NUMBERS, *_WORDS, *_TIMES, *_IDS)
"""For addresses, queries and headers, and as texts in bodies."""
ESCAPES = ("%00", "%ff%fe", "%ED%A0%80", "%", "%zz", "%C0%80", "%25%30%30", "+", "%2F", "%2e%2e%2f", "%0d%0a")
"""For addresses, as they are."""


@dataclass(frozen=True)
class Raw:
    """JSON that no Python value is written as."""

    text: str


_DEEP = ("[" * 60 + "]" * 60, "[" * 600 + "]" * 600, '{"a":' * 3000 + "1" + "}" * 3000)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, -0.0, 1e308, *_BIG),
    *([], {}, [None], [[]], {"": None}, {"zh-Hant": None}, {"__proto__": {}}),
    *(["x"] * 3000, {f"k{n}": n for n in range(500)}, [SOME_ID] * 1200),
    *(
        Raw(text)
        for text in ("NaN", "-Infinity", "1e999", "1" * 5000, *_DEEP, '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"')
    ),
    *TEXTS,
)
"""For every place of a JSON body."""
BODIES: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"0",
    b'"x"',
    b"{}",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b'{"a": "\xff\xfe"}',
    b'{"a": "\x00"}',
    b"[" * 20_000,
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"quantity": 1' + b"0" * 5000 + b"}",
    b'{"remark": "' + b"x" * 300_000 + b'"}',
    b"{'a': 1}",
    b"{} trailing",
    b"a=1&b=2",
)
"""Instead of a whole body."""
KINDS = (
    "",
    "application/json; charset=utf-16",
    "application/json, application/json",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x",
    "\x00",
)


def dumped(value: Any) -> bytes:
    """JSON with its raw parts in their places; characters that no text can have are escaped."""
    raws: list[str] = []

    def kept(each: Any) -> Any:
        if isinstance(each, Raw):
            raws.append(each.text)
            return f"raw-{len(raws) - 1}-raw"
        if isinstance(each, Mapping):
            return {key: kept(inner) for key, inner in each.items()}
        return [kept(inner) for inner in each] if isinstance(each, list) else each

    text = json.dumps(kept(value))
    for number, raw in enumerate(raws):
        text = text.replace(f'"raw-{number}-raw"', raw)
    return text.encode()


def odd_cursors(real: Sequence[str], chance: random.Random) -> list[str]:
    """Cut, changed, of another list, and made up from what no column holds."""
    one = chance.choice(real) if real else encode_cursor(SOME_ID)
    at = chance.randrange(len(one))
    try:
        parts: list[Any] = json.loads(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)))
    except ValueError:
        parts = [SOME_ID]  # one that is packed in another way
    odd: list[Any] = [2**63, -(2**63) - 1, *_TIMES[:3], "\x00", None, [], "1" * 200, "9" * 30]
    spoiled = [json.dumps([*parts[:place], value, *parts[place + 1 :]]) for place in range(len(parts)) for value in odd]
    made = [base64.urlsafe_b64encode(text.encode()).decode() for text in (*spoiled, "[]", "{}", "1", "[" * 300, "null")]
    return [one[:at], one[:at] + "A" + one[at + 1 :], one + "A", "=", *real, *made]
