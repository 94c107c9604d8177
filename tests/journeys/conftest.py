"""One running shop for all journeys; people and merchants with browsers of their own."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.friend import Friend, new_friend
from tests.journeys.merchant import Merchant
from tests.journeys.running_shop import ROOT, RunningShop, start_shop
from tests.journeys.shopper import Shopper
from tests.support.browser import DESKTOP, NewPerson, chromium, mini_program, new_person, pytest_runtest_makereport

__all__ = ["chromium", "mini_program", "new_person", "pytest_runtest_makereport"]

NewShopper = Callable[..., Awaitable[Shopper]]
NewMerchant = Callable[..., Awaitable[Merchant]]
NewFriend = Callable[[str], Awaitable[Friend]]
# Never the demo's own people (138…), and nobody twice.
_PHONES = (f"137{number:08d}" for number in count(1))


@pytest.fixture(scope="session")
def clients() -> Path:
    """The built clients; whatever is missing or older than its sources is built."""
    if shutil.which("npm") is None:
        pytest.skip("Node.js with npm is not installed; the clients cannot be built")
    subprocess.run([sys.executable, "-m", "scripts.bootstrap", "clients", "pictures"], cwd=ROOT, check=True)
    return ROOT / "clients" / "dist"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_shop(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningShop]:
    """`chengtuan up` on free ports, with demo data and a clock that tests may move forward."""
    assert clients.is_dir()
    shop = await asyncio.to_thread(start_shop, tmp_path_factory.mktemp("journeys") / "data")
    yield shop
    await shop.api.aclose()
    await shop.desk.aclose()
    await asyncio.to_thread(shop.stop)


@pytest.fixture
def new_shopper(running_shop: RunningShop, new_person: NewPerson) -> NewShopper:
    """`await new_shopper("小明", locale="zh-TW")`: a phone's browser, nothing opened yet."""

    async def make(name: str, *, locale: str = "zh-TW", shop: RunningShop = running_shop) -> Shopper:
        return Shopper(shop, await new_person(name, locale=locale), next(_PHONES))

    return make


@pytest.fixture
def new_merchant(running_shop: RunningShop, new_person: NewPerson) -> NewMerchant:
    async def make(name: str) -> Merchant:
        return Merchant(running_shop, await new_person(name, viewport=DESKTOP))

    return make


@pytest.fixture
def friend(running_shop: RunningShop) -> NewFriend:
    """`await friend("阿美")`: somebody without a screen."""

    async def make(name: str) -> Friend:
        return await new_friend(running_shop, name)

    return make
