"""What somebody may mean who looks for an order: its number, its recipient, its parcel or its goods."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chengtuan.kernel.search import normalised, words_of
from chengtuan.kernel.typed import figures

TAIL = 4
"""Digits by which people know a phone, and the fewest that name an order."""
_BETWEEN_DIGITS = re.compile(r"[\s\-‐-―−().·#+]+")
_MASKED = re.compile(r"\*+(\d{4})$")
_PARCEL = re.compile(r"(?=.*\d)[A-Z0-9-]{8,32}")
_AREAS = ("86", "852", "853", "886")


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """One query, read in every way that makes sense; an order that fits one of them is found.

    `number_end` are the last digits of an order's number (or all of them). `phones` are whole ones without "+",
    with every country code that may have been left out.
    """

    number_end: str | None
    phones: Sequence[str]
    phone_tails: Sequence[str]
    names: Sequence[str]
    parcel: str | None
    words: Sequence[str]


def order_query(text: str) -> OrderQuery:
    """Spaces, hyphens, full-width figures and country codes do not matter, nor the script of Chinese words."""
    plain = unicodedata.normalize("NFKC", text).strip()
    signs = figures(plain)
    joined = _BETWEEN_DIGITS.sub("", signs)
    digits = joined if joined.isascii() and joined.isdigit() else ""
    masked = _MASKED.search(joined)
    parcel = signs.upper()
    name = name_meant(plain)
    return OrderQuery(
        number_end=digits if len(digits) >= TAIL else None,
        phones=_phones(digits) if 8 <= len(digits) <= 15 else (),
        phone_tails=(digits,) if len(digits) == TAIL else masked.groups() if masked else (),
        names=(name,) if name else (),
        parcel=parcel if _PARCEL.fullmatch(parcel) else None,
        words=words_of(plain),
    )


def as_masked(query: OrderQuery) -> OrderQuery:
    """The query of somebody who sees recipients masked: it finds by what the mask shows, and by nothing behind it.

    Four hidden figures are ten thousand questions, and a search that told a right phone from a wrong one answers them
    in a minute. A caller's whole phone still leads to the orders with its last four.
    """
    tails = {*query.phone_tails, *(phone[-TAIL:] for phone in query.phones)}
    return replace(query, phones=(), phone_tails=sorted(tails), names=())


def name_meant(name: str) -> str:
    """A person's name as it is compared: whatever the script, the case and the spaces are."""
    return normalised(name).replace(" ", "")


def _phones(digits: str) -> list[str]:
    """All that it can be with a country code, without, and as people write it at home (09…)."""
    digits = digits.removeprefix("00")
    at_home = digits.removeprefix("0")
    found = [digits, *(area + at_home for area in _AREAS)]
    found += [area + digits.removeprefix(area).removeprefix("0") for area in _AREAS if digits.startswith(area)]
    return list(dict.fromkeys(found))
