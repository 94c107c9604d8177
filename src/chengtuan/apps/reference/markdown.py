"""The little Markdown that the reference needs."""

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

GENERATED = "<!-- Generated from the code by `make docs`; do not edit by hand. -->\n\n"
_MODULE_PATH = re.compile(r"(?:[a-z_]\w*\.)+(?=[A-Za-z_])")


def page(title: str, intro: str, *parts: str) -> str:
    """A whole page; empty parts are left out."""
    return GENERATED + "\n\n".join(part for part in (f"# {title}", intro, *parts) if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or a sentence where there would be none."""
    body = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    if not body:
        return "None."
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body])


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    return ", ".join(code(text) for text in texts)


def paragraph(text: str | None) -> str:
    """A docstring as one line."""
    return " ".join(inspect.cleandoc(text or "").split())


def type_name(annotation: Any) -> str:
    """`UUID`, not `uuid.UUID`."""
    return "None" if annotation is type(None) else _MODULE_PATH.sub("", inspect.formatannotation(annotation))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
