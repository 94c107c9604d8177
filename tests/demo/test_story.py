"""The demo's history, told at any hour of the day."""

from datetime import timedelta
from pathlib import Path

from chengtuan.apps.demo.catalogue import load_catalogue
from chengtuan.apps.demo.shelves import Goods
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
