"""What runs in the background of a process: as little as is needed, and woken from other processes."""

import asyncio
import gc
from datetime import timedelta

import pytest

from chengtuan.apps import server, works
from chengtuan.apps.composition import Composition, outside_client
from chengtuan.platform import job_runner, relay
from tests.support.shop import Shop, open_shop
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> Shop:
    return await open_shop(world)


def _names(composition: Composition) -> set[str]:
    return {name for name, _ in works._own_work(composition)}


async def test_only_modules_with_consumers_have_a_relay(shop: Shop) -> None:
    relays = {name for name in _names(shop.world.composition) if name.startswith("relay")}
    assert relays == {"relay catalog", "relay payments", "relay trade"}


async def test_another_process_is_woken_for_events_and_jobs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process serves, another works: nobody looks by himself within an hour, so only a notification helps."""
    monkeypatch.setattr(relay, "_POLL_S", 3600.0)
    monkeypatch.setattr(relay, "_QUIET_S", 3600.0)
    monkeypatch.setattr(job_runner, "LOOK_AGAIN", timedelta(hours=1))
    world = shop.world
    names = [manifest.name for manifest in Composition.manifests]
    worker = Composition(environ=world.environ, clock=world.clock, modules=names, outside=outside_client())
    async with worker.open(), works.background(worker), works.background(world.composition, own_work=False):
        async with asyncio.timeout(30):  # until the worker is at rest
            while {part.name for part in worker.health.parts if part.name.startswith("relay trade to")} == set():
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        path = f"/api/v1/catalog/console/products/{shop.product_id}"
        product = (await shop.merchant.get(path)).json()
        answer = await shop.merchant.put(path, product | {"name": {"en": "Renamed"}})
        assert answer.status_code == 200, answer.text
        async with asyncio.timeout(30):
            while "Renamed" not in (await world.client.get("/api/v1/trade/listings")).text:
                await asyncio.sleep(0.05)
        asked = await world.client.post("/api/v1/accounts/sms-codes", json={"phone": "13800000001"})
        assert asked.status_code == 202, asked.text
        async with asyncio.timeout(30):
            while not await _begun(world):
                await asyncio.sleep(0.05)


async def test_another_process_makes_the_cards_of_the_shelf(shop: Shop) -> None:
    world = shop.world
    names = [manifest.name for manifest in Composition.manifests]
    worker = Composition(environ=world.environ, clock=world.clock, modules=names, outside=outside_client())
    await shop.set_stock(0)
    assert await _marks(world) > 0
    async with worker.open(), works.background(worker):
        async with asyncio.timeout(30):
            while await _marks(world):
                await asyncio.sleep(0.05)


async def _marks(world: World) -> int:
    async with world.composition.running["trade"].database.read() as db:
        return int(await db.fetch_value("select count(*) from shelf_mark"))


async def _begun(world: World) -> bool:
    """Whether somebody has taken the job that sends the code: it is leased, postponed or gone."""
    async with world.composition.running["accounts"].database.read() as db:
        due = "select 1 from job where kind = 'deliver_phone_code' and due_at <= %s"
        return await db.fetch_value(due, (world.clock.now(),)) is None


def test_a_server_does_not_look_through_what_it_began_with() -> None:
    usual = gc.get_threshold()
    gc.disable()
    try:
        server.collect_less()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == (server._NEW_OBJECTS, *usual[1:])
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*usual)
