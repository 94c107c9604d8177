"""Which requests for one path are answered with different pages: a few values that the route names, and no others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, TypeAlias

Variant: TypeAlias = tuple[str, ...]
MAX_VARIANTS = 16
"""Of one path: whatever strangers ask for, no more pages are kept of it."""


@dataclass(frozen=True)
class Variants:
    """Query parameters and headers (in small letters) with the values that make another page.

    A query with anything else is not answered from what is kept; a header with anything else counts as none.
    """

    query: Mapping[str, Collection[str]] = field(default_factory=dict)
    headers: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = prod(len(values) + 1 for part in (self.query, self.headers) for values in part.values())
        if count > MAX_VARIANTS:
            raise ValueError(f"{count} variants of one page")

    def of(self, scope: Mapping[str, Any]) -> Variant | None:
        """The variant that a request asks for; None for what no page is kept of."""
        query: bytes = scope.get("query_string", b"")
        if not query and not self.query and not self.headers:
            return ()
        asked = self._asked(query.decode("latin-1"))
        if asked is None:
            return None
        return (*(asked.get(name, "") for name in self.query), *self._told(scope))

    @property
    def vary(self) -> bytes:
        return ", ".join(name.title() for name in self.headers).encode()

    def _asked(self, query: str) -> dict[str, str] | None:
        asked: dict[str, str] = {}
        for pair in filter(None, query.split("&")):
            name, _, value = pair.partition("=")
            if name in asked or value not in self.query.get(name, ()):
                return None
            asked[name] = value
        return asked

    def _told(self, scope: Mapping[str, Any]) -> list[str]:
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return [told[name] if told.get(name) in values else "" for name, values in self.headers.items()]


ONE = Variants()
"""The same page for everybody, and none with a query."""
