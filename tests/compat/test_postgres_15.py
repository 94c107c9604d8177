"""The oldest PostgreSQL we promise to support lives through the same loop as the newest."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from chengtuan.apps.backup import back_up, restore
from chengtuan.apps.embedded.binaries import Binaries
from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.ownership import bring_up_to_date, refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.migrations import check_drift, migrate
from tests.conftest import NOON
from tests.support.debian import require_program
from tests.support.shop import open_shop
from tests.support.world import environment, open_world

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def old_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    postgres = require_program("postgresql-15", request.config)
    binaries = Binaries(postgres.parent, "15.0")
    cluster = Cluster.for_data(tmp_path_factory.mktemp("pg15"), password="only-for-tests", binaries=binaries)
    cluster.init()
    cluster.start()
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database shop")
        version = connection.execute("show server_version_num").fetchone()
    assert version is not None
    assert 150000 <= int(version[0]) < 160000
    migrate(cluster.dsn("shop"), MANIFESTS)
    yield cluster.dsn("shop")
    cluster.stop()
    cluster.remove()


def test_no_module_drifts(old_database_url: str) -> None:
    for manifest in MANIFESTS:
        check_drift(old_database_url, manifest)


def test_a_backup_made_with_newer_programs_is_restored(old_database_url: str, tmp_path: Path) -> None:
    environ = environment(old_database_url, tmp_path / "shop")
    bring_up_to_date(environ)
    back_up(environ, tmp_path / "backup")
    with psycopg.connect(old_database_url, autocommit=True) as connection:
        connection.execute("create database second")
    second = make_conninfo(old_database_url, dbname="second")
    restore({"CHENGTUAN_DATABASE_URL": second}, tmp_path / "backup", tmp_path / "new")
    refuse_stranger(environment(second, tmp_path / "new"))


async def test_a_pair_forms_a_group_and_a_lonely_one_is_refunded(old_database_url: str, tmp_path: Path) -> None:
    clock = MovableClock(NOON)
    async with open_world(old_database_url, tmp_path, clock) as world:
        shop = await open_shop(world)
        campaign = await shop.campaign([2], [8000], group_duration_s=600)
        first, friend, lonely = [await shop.shopper(number) for number in (1, 2, 3)]
        opened = await first.open(campaign)
        await first.pay(opened["id"])
        joined = await friend.join(opened["group_id"])
        await friend.pay(joined["id"])
        assert (await friend.see(joined["id"]))["status"] == "to_ship"
        alone = await lonely.open(campaign)
        await lonely.pay(alone["id"])
        for seconds in (600, 120):
            clock.advance(timedelta(seconds=seconds))
            await world.settle()
        assert (await lonely.see(alone["id"]))["status"] == "refunded"
