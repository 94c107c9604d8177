"""Somebody who goes through the steps of a script, with his own cookies and what he was told on the way."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from benchmarks.peers.load.line import Answer, Line

_PATIENCE = 600
"""Looks at most until something is done."""


class Refused(Exception):
    """A step was not answered as it has to be; the message says which, and how."""


@dataclass(frozen=True)
class Step:
    """A request. `{name}` in its path, form and JSON is what the visitor brought or was told.

    `take`: a pattern for each name that is to be told, found in head and body, its first bracket. `expect`: a pattern
    that has to be there. `until`: it is asked again, every `pause` seconds, until that is there.
    """

    name: str
    path: str
    method: str = "GET"
    form: Mapping[str, str] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    take: Mapping[str, str] = field(default_factory=dict)
    expect: str = ""
    until: str = ""
    pause: float = 0.05


@dataclass
class Visitor:
    told: dict[str, str]
    cookies: dict[str, str]

    async def go(self, steps: Sequence[Step], line: Line) -> Answer:
        """The last answer. Raises Refused."""
        for step in steps:
            answer = await self._take(step, line)
        return answer

    async def _take(self, step: Step, line: Line) -> Answer:
        for _ in range(_PATIENCE):
            answer = await line.ask(self._request(step))
            self._remember(answer)
            text = f"{answer.head}\r\n\r\n{answer.body.decode(errors='replace')}"
            if answer.status >= 400 or (step.expect and not re.search(step.expect, text)):
                raise Refused(f"{step.name}: {answer.status}")
            if not step.until or re.search(step.until, text):
                self._listen(step, text)
                return answer
            await asyncio.sleep(step.pause)
        raise Refused(f"{step.name}: never")

    def _remember(self, answer: Answer) -> None:
        for cookie in answer.header("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value

    def _listen(self, step: Step, text: str) -> None:
        for name, pattern in step.take.items():
            found = re.search(pattern, text)
            if found is None:
                raise Refused(f"{step.name}: no {name}")
            self.told[name] = found.group(1)

    def _request(self, step: Step) -> bytes:
        content, kind = self._content(step)
        head = f"{step.method} {self._filled(step.path)} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        head += "".join(f"{name}: {self._filled(value)}\r\n" for name, value in step.headers.items())
        if self.cookies:
            head += "cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if step.method != "GET":
            head += f"content-type: {kind}\r\ncontent-length: {len(content)}\r\n"
        return head.encode() + b"\r\n" + content

    def _content(self, step: Step) -> tuple[bytes, str]:
        if step.json is not None:
            return self._filled(json.dumps(step.json)).encode(), "application/json"
        pairs = (f"{quote_plus(name)}={quote_plus(self._filled(value))}" for name, value in (step.form or {}).items())
        return "&".join(pairs).encode(), "application/x-www-form-urlencoded"

    def _filled(self, text: str) -> str:
        """Only the names that he knows: JSON has brackets of its own."""
        for name, value in self.told.items():
            text = text.replace(f"{{{name}}}", value)
        return text
