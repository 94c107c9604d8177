"""The terms of an activity: a value of the class of its kind, the same in code, in the tables and in an open group.

A further kind is a frozen dataclass with a `kind`, in a file of its own, and its place in `Terms` and `KINDS`. Fields
are numbers, texts, flags, None, or tuples of these.
"""

from dataclasses import fields
from functools import lru_cache
from json import loads
from typing import Any, TypeAlias

from chengtuan.modules.trade.activities.rules.flash_terms import FlashTerms
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms

Terms: TypeAlias = GroupTerms | FlashTerms
"""A union of the kinds that can be published, told apart by `kind`."""
KINDS: dict[str, type[Terms]] = {GroupTerms.kind: GroupTerms, FlashTerms.kind: FlashTerms}


def document_of(terms: Terms) -> dict[str, Any]:
    """As terms are kept."""
    return {"kind": terms.kind.value} | {field.name: getattr(terms, field.name) for field in fields(terms)}


@lru_cache(maxsize=4096)
def terms_of(document: str) -> Terms:
    """Terms as they were kept. Raises KeyError for a kind that is not in `KINDS`.

    A page of the shelf reads twenty of them, and the same ones again and again.
    """
    kept: dict[str, Any] = loads(document)
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return KINDS[values.pop("kind")](**values)
