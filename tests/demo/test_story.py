"""The demo's history, told at any hour of the day."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chengtuan.apps.demo.catalogue import load_catalogue
from chengtuan.apps.demo.flash import announce_flash_sales
from chengtuan.apps.demo.shelves import Goods, fill_shelves
from chengtuan.apps.demo.staff import add_merchants
from chengtuan.apps.demo.stage import open_stage
from chengtuan.apps.demo.story import Story
from chengtuan.kernel.clock import MovableClock
from tests.support.world import environment


async def test_a_merchant_who_signed_in_before_breakfast_still_ships_at_night(
    database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    """The console forgets who was idle for twelve hours, and both moments may lie within one day."""
    morning = clock.now().replace(hour=0, minute=30)
    async with open_stage(environment(database_url, tmp_path), tmp_path, morning) as stage:
        owners = await add_merchants(stage, load_catalogue())
        goods = Goods("pears", "", [], next(iter(owners)), None, 24)
        story = Story(stage, [], {}, morning)
        before = await story.owner(goods)
        await stage.move_to(morning + timedelta(hours=13))
        after = await story.owner(goods)
        assert (await after.call("GET", "/merchants/console/mine"))["id"]
        assert after is not before
        assert await story.owner(goods) is after


async def test_a_flash_sale_runs_and_one_comes_when_the_shop_is_opened(
    database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    catalogue, now = load_catalogue(), clock.now().replace(minute=40)
    promised = {terms["product"] for terms in catalogue.flash_sales}
    few = replace(catalogue, campaigns=[], freight=[], products=[p for p in catalogue.products if p["key"] in promised])
    async with open_stage(environment(database_url, tmp_path), tmp_path, now) as stage:
        goods = await fill_shelves(stage, few, await add_merchants(stage, few))
        await announce_flash_sales(Story(stage, [], goods, now), few, now)
        slots = (await stage.client.get("/api/v1/trade/flash-sales")).json()["slots"]
    assert [(slot["state"], len(slot["sales"])) for slot in slots] == [("running", 2), ("upcoming", 1)]
    assert all(sale["free"] == sale["allotted"] for slot in slots for sale in slot["sales"]), "nobody has bought"
