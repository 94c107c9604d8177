"""What time it is, is the server's to say: clients ask one module, never the device."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "clients"
KEEPERS = {
    "console/src/format/time.ts": "makes dates of moments and of the shop's wall clock",
    "console/src/live/serverClock.ts": "asks the device before the first answer, and never again",
    "shop/src/core/format.ts": "writes moments in the shop's zone",
    "shop/src/core/clock.ts": "knows how far the device is off",
}
"""The only files that may make dates, and what for."""
DEVICE = re.compile(r"\bnew Date\b|\bDate\.now\b|\bDate\(\)|\bdayjs\b|getTimezoneOffset|resolvedOptions\(\)\.timeZone")


def strangers(sources: dict[str, str]) -> list[str]:
    """Lines outside the keepers that ask the device for the time or its zone."""
    return [
        f"{name}: {line.strip()}"
        for name, code in sources.items()
        if name not in KEEPERS
        for line in code.splitlines()
        if DEVICE.search(line) and not line.lstrip().startswith(("*", "//", "/**"))
    ]


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    files = [path for client in ("console", "shop") for path in (ROOT / client / "src").rglob("*")]
    code = [path for path in files if path.suffix in {".ts", ".vue"} and not path.name.endswith(".test.ts")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in code}


def test_nothing_but_the_clocks_asks_the_device_for_the_time(sources: dict[str, str]) -> None:
    assert len(sources) > 100
    assert strangers(sources) == []


def test_a_page_that_asks_it_would_be_seen() -> None:
    page = "const now = Date.now()\nconst at = new Date(row.at)\n// not Date.now()\n"
    assert len(strangers({"console/src/sections/home/Home.vue": page})) == 2


def test_the_clocks_are_there(sources: dict[str, str]) -> None:
    assert KEEPERS.keys() <= sources.keys()
    assert all(DEVICE.search(sources[name]) for name in KEEPERS)
