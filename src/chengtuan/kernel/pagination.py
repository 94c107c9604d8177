"""Lists page by an opaque cursor, never by an offset.

A cursor is a stranger's text: each part is read as one of the kinds below, which take only what a list can hold.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from chengtuan.kernel.calendar import instant_of
from chengtuan.kernel.problems import Problem

MAX_LIMIT = 100
_MAX_BIGINT = 2**63 - 1

T = TypeVar("T")


class BadCursor(Problem):
    code = "platform/bad-cursor"
    status = 422
    title = "The list's cursor is not valid; start again from the first page"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str | None


def encode_cursor(*parts: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, kinds: Sequence[Callable[[str], object]]) -> tuple[Any, ...] | None:
    """The parts of a cursor, each parsed by its kind; None for the first page. Raises BadCursor."""
    if not cursor:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(kind(str(part)) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadCursor from error


def bigint(text: str) -> int:
    """A number that PostgreSQL can compare with its own."""
    number = int(text)
    if abs(number) > _MAX_BIGINT:
        raise ValueError(f"{number} is no bigint")
    return number


def flag(text: str) -> bool:
    return bool(("0", "1").index(text))


def words(text: str) -> str:
    """A text that PostgreSQL can compare with its own."""
    if "\0" in text:
        raise ValueError("a text has no NUL")
    text.encode()
    return text


def instant(text: str) -> datetime:
    return instant_of(datetime.fromisoformat(text))


def day(text: str) -> date:
    return date.fromisoformat(text)


def decode_id_cursor(cursor: str | None) -> UUID | None:
    """For lists whose cursor is the last id seen. Raises BadCursor."""
    parts = decode_cursor(cursor, [UUID])
    return parts[0] if parts else None


def page_of(rows: list[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """Cut `limit` + 1 fetched rows to a page."""
    more = len(rows) > limit
    items = rows[:limit]
    return Page(items=items, next_cursor=cursor_of(items[-1]) if more and items else None)
