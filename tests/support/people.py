"""A person with a browser of their own, and what the browser complained about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request

LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
# Refusals by business rules are answers, not defects; the browser still logs them as errors.
BUSINESS_REFUSAL = re.compile(r"^Failed to load resource: .* status of (401|403|404|409|410|422|429) ")


@dataclass
class Person:
    """Somebody with a browser of their own: ``page`` is theirs, ``complaints`` what it complained about."""

    name: str
    context: BrowserContext
    page: Page
    folder: Path
    complaints: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    async def shot(self, name: str) -> Path:
        """Saves what the person sees as ``<person>-<name>.png`` and returns the path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{file_name(self.name)}-{file_name(name)}.png"
        await self.page.screenshot(path=path)
        return path

    def expect(self, pattern: str) -> None:
        """Lets complaints that match the regular expression pass."""
        self._expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        """Complaints that no ``expect`` covers."""
        return [text for text in self.complaints if not any(p.search(text) for p in self._expected)]

    def watch(self) -> None:
        """Starts to note errors and foreign requests, of windows opened later too."""
        self.context.on("request", self._on_request)
        self.context.on("page", self._watch_page)
        self._watch_page(self.page)

    def _watch_page(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error.stack or error.message}"))
        page.on("crash", lambda _: self.complaints.append("the page crashed"))

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname not in LOCAL_HOSTS:
            self.complaints.append(f"foreign host: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        where = unquote(message.location.get("url", ""))
        if "/api/" in where and BUSINESS_REFUSAL.match(message.text):
            return
        self.complaints.append(f"console: {message.text} ({where})")


def file_name(text: str) -> str:
    """``text`` without the characters that file systems dislike."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-") or "unnamed"
