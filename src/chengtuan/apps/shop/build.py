"""The built shop: its document, the addresses of its pages, and the words that it lends us."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

DOCUMENT = "index.html"
FOR_SERVER = "server.json"
"""What the client's build says to us (`clients/shop/vite.config.ts`)."""
_LOST = "lost"
"""The client's own page for what is no address."""
_LANG = re.compile(r'<html lang="[^"]*"')
_TITLE = re.compile(r"<title>[^<]*</title>")


@dataclass(frozen=True)
class Page:
    """`address` has its id (if it has one) in the only form that we give out: one thing has one address."""

    name: str
    address: str
    subject: UUID | None = None


@dataclass(frozen=True)
class Build:
    document: str
    pages: Mapping[str, re.Pattern[str]]
    texts: Mapping[str, Mapping[str, str]]

    def page_at(self, path: str) -> Page | None:
        """None where there is no page: also where an id would have to be and something else is."""
        for name, pattern in self.pages.items():
            if found := pattern.fullmatch(path):
                return _page(name, found)
        return None

    def with_head(self, language: str, head: str) -> str:
        """The document in a language, with `head` in the place of its title."""
        said = _LANG.sub(lambda _: f'<html lang="{language}"', self.document, count=1)
        return _TITLE.sub(lambda _: head, said, count=1)


class BuildFolder:
    """Reads the build again when it was replaced: a document of yesterday names files that are gone tomorrow."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_at: tuple[int, ...] = ()
        self._build = self.current()

    def current(self) -> Build:
        """Raises OSError where there is none."""
        stamps = tuple((self._folder / name).stat().st_mtime_ns for name in (DOCUMENT, FOR_SERVER))
        if stamps != self._read_at:
            self._build = _read(self._folder)
            self._read_at = stamps
        return self._build


def has_pages(folder: Path) -> bool:
    return (folder / FOR_SERVER).is_file()


def _read(folder: Path) -> Build:
    said: dict[str, Any] = json.loads((folder / FOR_SERVER).read_text(encoding="utf-8"))
    pages = {name: _pattern(address) for name, address in said["addresses"].items() if name != _LOST}
    return Build((folder / DOCUMENT).read_text(encoding="utf-8"), pages, said["texts"])


def _page(name: str, found: re.Match[str]) -> Page | None:
    if "id" not in found.groupdict():
        return Page(name, found.string)
    try:
        subject = UUID(found["id"])  # takes capitals, braces and what has no dashes, too
    except ValueError:
        return None
    begin, end = found.span("id")
    return Page(name, f"{found.string[:begin]}{subject}{found.string[end:]}", subject)


def _pattern(address: str) -> re.Pattern[str]:
    """`/group/:id`, also with a slash too many."""
    return re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", address).rstrip("/") + "/?")
