"""The same shop cut into services behind nginx: whole for people, apart for trouble."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.conftest import NewShopper
from tests.journeys.friend import new_friend
from tests.journeys.running_shop import RunningShop, start_shop
from tests.journeys.test_five_friends import open_group
from tests.support.debian import require_program

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
PROCESSES = ("user", "trade", "payment", "fulfilment")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def services(
    clients: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningShop]:
    """`TOPOLOGY=services chengtuan up`: a process per service, nginx in front."""
    require_program("nginx", request.config)
    assert clients.is_dir()
    data = tmp_path_factory.mktemp("services") / "data"
    shop = await asyncio.to_thread(start_shop, data, topology="services")
    yield shop
    await shop.api.aclose()
    await shop.desk.aclose()
    await asyncio.to_thread(shop.stop)


def pid_of(shop: RunningShop, name: str) -> int:
    """The process `name` of this very copy."""
    wanted = f"--process\0{name}\0--base-port\0{shop.port}\0".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:
            continue
    raise AssertionError(f"no process {name} runs")


async def status(shop: RunningShop, path: str) -> int:
    return (await shop.api.get(path)).status_code


@pytest.mark.feature("F43")
async def test_a_group_forms_across_processes(services: RunningShop, new_shopper: NewShopper) -> None:
    assert len({pid_of(services, name) for name in PROCESSES}) == len(PROCESSES)
    listing = await services.listing(kind="fixed", people=2, skip=1)
    initiator = await new_shopper("小明", shop=services)
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    await initiator.sees("missing", "還差 1 人")
    other = await new_friend(services, "阿美")
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    order = await other.buy("join", sku_id, group_id=link.rpartition("/")[2])
    await initiator.sees("group-status", "成團成功")  # events come through nginx
    assert order["status"] in {"grouping", "to_ship"}
    told = await services.api.get(services.page(link), headers={"Accept-Language": "en"})  # by way of nginx
    assert (told.status_code, listing["name"]["en"] in told.text, "og:title" in told.text) == (200, True, True)
    await other.until(order["id"], "to_ship")
    await initiator.person.shot("formed")


async def test_a_group_one_short_is_refunded_across_processes(services: RunningShop) -> None:
    listing = await services.listing(kind="fixed", people=3)
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    first, second = await new_friend(services, "甲"), await new_friend(services, "乙")
    opened = await first.buy("open", sku_id, campaign_id=listing["campaign"]["id"])
    joined = await second.buy("join", sku_id, group_id=opened["group_id"])
    services.move_clock(listing["offer"]["campaign"]["group_duration_s"] + 60)
    for person, order in ((first, opened), (second, joined)):
        refunded = await person.until(order["id"], "refunded")
        assert refunded["refunded_fen"] == order["paid_fen"]


@pytest.mark.feature("F43")
async def test_while_trade_is_down_the_rest_stays_and_trade_comes_back(services: RunningShop) -> None:
    old = pid_of(services, "trade")
    assert os.getpgid(old) != os.getpgid(0), "the service must have a process group of its own"
    os.killpg(os.getpgid(old), signal.SIGKILL)  # the process that listens and its worker
    async with asyncio.timeout(5):
        while (down := await services.api.get("/trade/listings")).status_code == 200:
            await asyncio.sleep(0.02)
    assert (down.status_code, down.json()["code"], down.headers["retry-after"]) == (503, "platform/unavailable", "2")
    assert await status(services, "/catalog/categories") == 200
    assert await status(services, "/fulfilment/carriers") == 200
    assert await status(services, "/accounts/me") == 401
    began = time.monotonic()
    while await status(services, "/trade/listings") != 200:
        assert time.monotonic() - began < 60, "trade did not come back"
        await asyncio.sleep(0.5)
    assert pid_of(services, "trade") != old
