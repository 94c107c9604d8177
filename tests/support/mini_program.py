"""A mini-program build in the runner (clients/runner), driven like a phone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Locator

from tests.support.people import Person
from tests.support.terminal import on_terminal, say

RUNNER = Path(__file__).parents[2] / "clients" / "runner"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 5.0
# What a person can touch: the page on top, the dialogs over it, the bars around it.
TOUCHABLE = ":is(.rt-page:not([hidden]), .rt-mask, #rt-tabs:not([hidden]), #rt-nav:not([hidden]))"


@dataclass
class Runner:
    """A running ``serve.mjs``; ``sizes`` are the package sizes in bytes."""

    process: asyncio.subprocess.Process
    url: str
    sizes: dict[str, Any]

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


async def start_runner(dist: Path, config: pytest.Config) -> Runner:
    """Serves the build ``dist`` on a free port; fails the test when the build has problems."""
    await _require_runner(config)
    process = await asyncio.create_subprocess_exec(
        *_serve_command(dist),
        cwd=RUNNER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
    if not line:
        pytest.fail("the mini-program runner did not start; its own words are above", pytrace=False)
    ready = json.loads(line)
    if not ready["url"]:
        await process.wait()
        pytest.fail("the mini-program build has problems:\n" + "\n".join(ready["problems"]), pytrace=False)
    return Runner(process, ready["url"], ready["sizes"])


def _serve_command(dist: Path) -> list[str]:
    if not (dist / "app.json").exists():
        pytest.fail(f"no mini-program build at {dist}", pytrace=False)
    return ["node", "serve.mjs", str(dist.resolve()), "--exit-with-stdin"]


async def _require_runner(config: pytest.Config) -> None:
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js is not installed; the mini-program runner needs version 20 or newer with npm")
    if (RUNNER / "node_modules").is_dir():
        return
    with on_terminal(config):
        say(f"installing the mini-program runner's packages: npm ci in {RUNNER}")
        install = await asyncio.create_subprocess_exec("npm", "ci", "--no-audit", "--no-fund", cwd=RUNNER)
        if await install.wait() != 0:
            pytest.skip(f"the mini-program runner's packages could not be installed: npm ci in {RUNNER}")


class MiniProgram:
    """One person's mini-program. ``person`` has the page, ``shot()`` and ``expect()``."""

    def __init__(self, person: Person, url: str, settings: dict[str, Any]) -> None:
        self.person = person
        self.page = person.page
        self._url = url
        self._settings = settings

    async def launch(self, path: str | None = None) -> None:
        """Starts afresh, at ``path`` with its query or on the first page. Storage is kept."""
        await self.note_errors()
        query = {"settings": json.dumps(self._settings, ensure_ascii=False)} | ({"open": path} if path else {})
        await self.page.goto(f"{self._url}?{urlencode(query)}")
        await self.page.wait_for_function("window.__runner?.ready === true")

    async def open_share(self, path: str) -> None:
        """Opens a share card that was got from somebody: a fresh launch at its path."""
        await self.launch(path)

    async def share(self) -> dict[str, Any]:
        """The card that the page on top makes when shared from the menu: title, path, imageUrl."""
        card: dict[str, Any] = await self.page.evaluate("__runner.share()")
        return card

    async def last_share(self) -> dict[str, Any] | None:
        """The card of the newest share, also one by a share button."""
        card: dict[str, Any] | None = await self.page.evaluate("__runner.shares.at(-1) ?? null")
        return card

    def find(self, target: str) -> Locator:
        """Visible elements by class (``.join``), id (``#join``) or text that contains ``target``."""
        return self._within(target, exact=False)

    async def tap(self, target: str, *, nth: int = 0) -> None:
        """Taps the ``nth`` element that ``target`` names, waiting for it; exactly this text goes first."""
        await (await self._best(target)).nth(nth).click()

    async def type(self, target: str, text: str) -> None:
        """Replaces what stands in the input or textarea ``target``."""
        await (await self._best(target)).first.locator("input, textarea").fill(text)

    async def see(self, target: str) -> Locator:
        """Waits until ``target`` is visible; exactly this text goes first."""
        return (await self._best(target)).first

    async def _best(self, target: str) -> Locator:
        found = self._within(target, exact=False)
        await found.first.wait_for()
        exact = self._within(target, exact=True)
        return exact if await exact.count() else found

    def _within(self, target: str, *, exact: bool) -> Locator:
        touchable = self.page.locator(TOUCHABLE)
        if target.startswith("."):
            name = target[1:]
            # Isolated components get a prefix before their class names.
            found = touchable.locator(f'.{name}, [class$="--{name}"], [class*="--{name} "]')
        elif target.startswith(("#", "[")):
            found = touchable.locator(target)
        else:
            found = touchable.get_by_text(target, exact=exact)
        return found.locator("visible=true")

    async def back(self) -> None:
        await self.page.evaluate("__runner.back()")

    async def path(self) -> str:
        """Path of the page on top, such as ``pages/index/index``."""
        return str(await self.page.evaluate("__runner.path()"))

    async def set(self, **settings: Any) -> None:
        """Changes settings of the runner (runtime/settings.js), such as ``payment="cancel"``."""
        self._settings |= settings
        await self.page.evaluate("(settings) => Object.assign(__runner.settings, settings)", settings)

    async def recorded(self, name: str) -> Any:
        """A member of ``__runner``: calls, toasts, shares, missing, warnings, saved, setData …"""
        return await self.page.evaluate("(n) => [...[__runner[n]]].map(v => v instanceof Set ? [...v] : v)[0]", name)

    async def errors(self) -> list[str]:
        """Run-time errors of this launch; a healthy one has none."""
        errors: list[str] = await self.page.evaluate("window.__runner?.errors ?? []")
        return errors

    async def note_errors(self) -> None:
        """Adds the errors so far to what fails the test at its end (``person.expect`` lets some pass)."""
        if self.page.is_closed():
            return
        known = set(self.person.complaints)
        found = [f"mini-program: {error}" for error in await self.errors()]
        self.person.complaints += [error for error in found if error not in known]
