"""Work that was given up is seen and helped in the console's API, on the command line and in the health."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner

from chengtuan.apps import works
from chengtuan.apps.cli import cli
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.platform.health import Part
from tests.support.shop import PASSWORD, Shop, open_shop
from tests.support.world import Person, World, environment


@pytest.fixture
async def shop(world: World) -> Shop:
    return await open_shop(world)


STUCK = "/api/v1/background/trade/stuck"
_DEAD = (
    "insert into trade.outbox (event_id, consumer, name, key, payload, created_at, attempts, next_try_at, last_error,"
    " dead_at) values (gen_random_uuid(), 'messaging', 'trade.group_formed.v1', %s, '{{}}', now(), %s, now(),"
    " 'ValueError: no', {dead}) returning seq"
)


def a_stuck_event(url: str, key: str, *, dead: bool = True) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        query = _DEAD.format(dead="now()" if dead else "null")
        row = connection.execute(query.encode(), (key, 24 if dead else 9)).fetchone()
    assert row is not None
    return int(row[0])


async def admin_of(world: World) -> Person:
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(
        login="the-admin", password=PASSWORD, name="Admin", roles=["platform_admin"], merchant_id=None
    )
    return await world.staff("the-admin", PASSWORD)


@pytest.mark.feature("X5")
async def test_the_platform_sees_what_is_stuck_tries_it_again_and_sets_it_aside(shop: Shop, database_url: str) -> None:
    world = shop.world
    admin = await admin_of(world)
    modules = (await admin.get("/api/v1/background")).json()["modules"]
    assert {"trade", "payments", "merchants"} <= set(modules)
    assert (await admin.get(STUCK)).json() == {"items": [], "next_cursor": None}
    first, second = a_stuck_event(database_url, "a"), a_stuck_event(database_url, "b", dead=False)
    items = (await admin.get(STUCK)).json()["items"]
    assert [
        (item["module"], item["kind"], item["id"], item["about"], item["dead"], item["tries"]) for item in items
    ] == [
        ("trade", "event", first, "a", True, 24),
        ("trade", "event", second, "b", False, 9),
    ]
    again = await admin.post(f"{STUCK}/try-again", {"kind": "event", "ids": [first]})
    assert again.json() == {"count": 1}
    aside = await admin.post(f"{STUCK}/set-aside", {"kind": "event", "ids": [second, 10**9]})
    assert aside.json() == {"count": 1}
    assert (await admin.get(STUCK)).json() == {"items": [], "next_cursor": None}


async def test_what_is_stuck_comes_in_pages_the_oldest_first(shop: Shop, database_url: str) -> None:
    numbers = [a_stuck_event(database_url, key) for key in "abc"]
    admin = await admin_of(shop.world)
    page = (await admin.get(STUCK, limit=2)).json()
    rest = (await admin.get(STUCK, limit=2, cursor=page["next_cursor"])).json()
    assert [item["id"] for item in (*page["items"], *rest["items"])] == numbers
    assert rest["next_cursor"] is None
    assert (await admin.get(STUCK, cursor="x")).json()["code"] == "platform/bad-cursor"


async def test_only_the_platform_may_look_and_act(shop: Shop, database_url: str) -> None:
    number = a_stuck_event(database_url, "a")
    for refused in (
        await shop.merchant.get(STUCK),
        await shop.merchant.post(f"{STUCK}/try-again", {"kind": "event", "ids": [number]}),
        await shop.merchant.post(f"{STUCK}/set-aside", {"kind": "event", "ids": [number]}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "platform/not-allowed")
    admin = await admin_of(shop.world)
    assert (await admin.get("/api/v1/background/nowhere/stuck")).status_code == 404
    assert [item["id"] for item in (await admin.get(STUCK)).json()["items"]] == [number]


async def test_health_warns_of_what_was_given_up_and_stays_green(world: World, database_url: str) -> None:
    watch = works._StuckWatch(world.composition)
    await watch.count(Part("watch"))
    assert (await world.client.get("/healthz")).json()["warnings"] == {}
    a_stuck_event(database_url, str(UUID(int=1)))
    await watch.count(Part("watch"))
    answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, {"given up": "trade: 1"})


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> Mapping[str, str]:
    return environment(database_url, tmp_path)


def test_the_command_line_lists_replays_and_sets_aside(environ: Mapping[str, str], database_url: str) -> None:
    first, second = a_stuck_event(database_url, "a"), a_stuck_event(database_url, "b")
    run = CliRunner(env=dict(environ))
    listed = run.invoke(cli, ["events", "dead"])
    assert (listed.exit_code, listed.output.splitlines()[-1]) == (0, "2 stuck"), listed.output
    assert "trade.group_formed.v1 to messaging  a" in listed.output
    assert "given up after 24 tries" in listed.output
    assert run.invoke(cli, ["events", "replay"]).exit_code == 2
    assert "1 set aside" in run.invoke(cli, ["events", "set-aside", str(first), "--module", "trade"]).output
    assert "1 tried again" in run.invoke(cli, ["events", "replay", "--all"]).output
    assert "0 stuck" in run.invoke(cli, ["events", "dead", "--module", "trade"]).output
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select seq, attempts, set_aside_at is null from trade.outbox order by seq"
        ).fetchall()
    assert rows == [(first, 24, False), (second, 0, True)]
