"""Fixtures for tests that drive a real browser.

A conftest imports ``chromium``, ``mini_program``, ``new_person`` and ``pytest_runtest_makereport`` from here;
then tests in its folder may ask for

* ``new_person``: ``await new_person("小明", locale="zh-TW", viewport=PHONE)`` gives a ``Person`` with a fresh
  browser context and page. When the test ends, whatever the page complained about fails it.
* ``mini_program``: ``await mini_program(dist, api_url=…, desk_url=…, name="小明")`` runs a mini-program build
  against the server and the sandbox desk given.

Screenshots go to ``test-results/<test>/``: those taken with ``shot()``, and each page's when a test fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Generator
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.support.debian import require_program
from tests.support.mini_program import MiniProgram, Runner, start_runner
from tests.support.people import Person, file_name

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
# What a page may take before a test gives up on it.
PATIENCE_MS = 15_000

# The server that `npm run build:mp-weixin` puts into the build when nothing else is said.
BUILT_FOR = "http://127.0.0.1:8000"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing outside this machine is resolved: a page that calls a foreign host finds nobody there.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# Served builds outlive a test: pages are closed before the server they talk to.
_RUNNERS = pytest.StashKey[dict[Path, Runner]]()
_OUTCOME = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers whether the test itself failed, for the fixtures' end."""
    report = yield
    if report.when == "call":
        item.stash[_OUTCOME] = report
    return report


class NewPerson(Protocol):
    """What the fixture ``new_person`` is."""

    def __call__(
        self, name: str, *, locale: str = "zh-TW", viewport: ViewportSize = PHONE, **options: Any
    ) -> Awaitable[Person]: ...


class NewMiniProgram(Protocol):
    """What the fixture ``mini_program`` is."""

    def __call__(
        self,
        dist: Path,
        *,
        api_url: str | None = None,
        desk_url: str | None = None,
        name: str = "小明",
        phone: str = "13800000000",
        locale: str = "zh-TW",
        path: str | None = None,
        **settings: Any,
    ) -> Awaitable[MiniProgram]: ...


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """One headless Chromium for all tests; skips them where it cannot be had."""
    executable = require_program("chromium-headless-shell", request.config)
    runners = request.config.stash.setdefault(_RUNNERS, {})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        await browser.close()
    await asyncio.gather(*(runner.stop() for runner in runners.values()))


@pytest_asyncio.fixture(loop_scope="session")
async def new_person(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[NewPerson]:
    """Makes people; at the end each one's page must have had nothing to complain about."""
    people: list[Person] = []
    folder = request.config.rootpath / "test-results" / file_name(request.node.name)

    async def make(name: str, *, locale: str = "zh-TW", viewport: ViewportSize = PHONE, **options: Any) -> Person:
        phone = viewport["width"] < 600
        settings: dict[str, Any] = {
            "timezone_id": "Asia/Shanghai",
            "device_scale_factor": 2,
            "is_mobile": phone,
            "has_touch": phone,
            **options,
        }
        context = await chromium.new_context(locale=locale, viewport=viewport, **settings)
        context.set_default_timeout(PATIENCE_MS)
        person = Person(name, context, await context.new_page(), folder)
        person.watch()
        people.append(person)
        return person

    yield make
    await _say_goodbye(people, failed=_failed(request))


@pytest_asyncio.fixture(loop_scope="session")
async def mini_program(new_person: NewPerson, request: pytest.FixtureRequest) -> AsyncIterator[NewMiniProgram]:
    """Runs mini-program builds; at the end each one must have run without an error."""
    runners = request.config.stash[_RUNNERS]
    opened: list[MiniProgram] = []

    async def make(
        dist: Path,
        *,
        api_url: str | None = None,
        desk_url: str | None = None,
        name: str = "小明",
        phone: str = "13800000000",
        locale: str = "zh-TW",
        path: str | None = None,
        **settings: Any,
    ) -> MiniProgram:
        if dist not in runners:
            runners[dist] = await start_runner(dist, request.config)
        person = await new_person(name, locale=locale)
        language = "en" if locale.startswith("en") else locale.replace("-", "_")
        played = {"language": language, "nickname": name, "phone": phone, **settings}
        if desk_url:
            played["desk"] = desk_url.rstrip("/")
        if api_url:
            played.setdefault("origins", {BUILT_FOR: api_url.rstrip("/")})
        app = MiniProgram(person, runners[dist].url, played)
        opened.append(app)
        await app.launch(path)
        return app

    yield make
    for app in opened:
        await app.note_errors()


def _failed(request: pytest.FixtureRequest) -> bool:
    report = request.node.stash.get(_OUTCOME, None)
    return bool(report and report.failed)


async def _say_goodbye(people: list[Person], *, failed: bool) -> None:
    complaints = [f"{person.name}: {text}" for person in people for text in person.unexpected()]
    for person in people:
        if (failed or complaints) and not person.page.is_closed():
            await person.shot("failed")
        await person.context.close()
    if complaints:
        pytest.fail("the browser complained:\n" + "\n".join(complaints), pytrace=False)
