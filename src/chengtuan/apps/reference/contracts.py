"""What the operations of a facade are given and answer: its dataclasses, and those in them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from chengtuan.apps.reference.markdown import code, paragraph, table, type_name
from chengtuan.platform.facades import Facade, operations_of


def contracts(facade: type[Facade]) -> str:
    """A table of them, by name; empty if the operations speak of plain values only."""
    found: set[type[Any]] = set()
    for _, method in operations_of(facade):
        for hint in get_type_hints(method).values():
            _collect(hint, found)
    rows = [(code(kind.__name__), code(_fields(kind)), paragraph(own_doc(kind))) for kind in _sorted(found)]
    return table(("contract", "fields", "what"), rows) if rows else ""


def own_doc(kind: type) -> str:
    """The docstring, but not the signature that `dataclass` puts in its place."""
    doc = kind.__doc__ or ""
    return "" if doc.startswith(f"{kind.__name__}(") else doc


def _collect(hint: Any, found: set[type[Any]]) -> None:
    for inner in get_args(hint):
        _collect(inner, found)
    if isinstance(hint, type) and is_dataclass(hint) and hint not in found:
        found.add(hint)
        for inner in get_type_hints(hint).values():
            _collect(inner, found)


def _sorted(kinds: set[type[Any]]) -> Iterator[type[Any]]:
    yield from sorted(kinds, key=lambda kind: kind.__name__)


def _fields(kind: Any) -> str:
    hints = get_type_hints(kind)
    return ", ".join(f"{field.name}: {type_name(hints[field.name])}" for field in fields(kind))
