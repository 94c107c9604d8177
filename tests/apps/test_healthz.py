"""What a process says of itself to those who watch it."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import errors, sql

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import Database
from tests.platform.quiet_line import quiet_line
from tests.support.world import World, open_world

PATIENCE_S = 20
"""Far more than any limit below: reaching it means that nothing ended the waiting."""


async def test_health_is_green_while_everything_works(world: World) -> None:
    world.composition.health.part("jobs trade").works()
    answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["warnings"]) == (200, "ok", {})
    assert {part["name"]: part["ok"] for part in answer.json()["parts"]} == {"database": True, "jobs trade": True}


async def test_a_part_that_is_down_makes_health_red_by_name_and_the_process_stays_alive(world: World) -> None:
    part = world.composition.health.part("relay payments")
    part.fails("ReadOnlySqlTransaction (25006)")
    answer = await world.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    body = answer.json()
    assert (body["code"], body["detail"]) == (
        "platform/unavailable",
        "relay payments: ReadOnlySqlTransaction (25006)",
    )
    assert [(p["name"], p["failures"]) for p in body["parts"] if not p["ok"]] == [("relay payments", 1)]
    assert (await world.client.get("/livez")).status_code == 200
    part.works()
    assert (await world.client.get("/healthz")).status_code == 200


async def test_health_of_all_names_what_does_not_work_in_another_process(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {
        "catalog, merchants": lambda _: httpx.Response(200, json={"status": "ok"}),
        "payments": lambda _: httpx.Response(503, json={"detail": "relay payments: ConnectError"}),
        "messaging": _gone,
        "fulfilment": lambda _: httpx.Response(502, text="no problem document"),
    }
    others = {
        name: httpx.AsyncClient(base_url="http://other.test", transport=httpx.MockTransport(answer))
        for name, answer in answers.items()
    }
    assert (await world.client.get("/healthz/all")).status_code == 200, "there is only this one"
    monkeypatch.setattr(world.composition, "others", lambda: others)
    answer = await world.client.get("/healthz/all")
    assert answer.status_code == 503
    assert answer.json()["detail"].split("; ") == [
        "payments: relay payments: ConnectError",
        "messaging: ConnectError",
        "fulfilment: JSONDecodeError",
    ]
    assert (await world.client.get("/healthz")).status_code == 200, "this process itself works"


def _gone(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


async def test_a_database_that_cannot_be_reached_is_named_without_its_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(self: Database) -> None:
        raise psycopg.OperationalError('connection to server at "10.0.0.5" failed: password authentication')

    with monkeypatch.context() as patch:
        patch.setattr(Database, "ask", ask)
        answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "database: OperationalError")
    assert "10.0.0.5" not in answer.text
    assert (await world.client.get("/healthz")).status_code == 200


async def test_a_server_that_takes_no_writes_is_named_though_nobody_wanted_to_write(
    world: World, database_url: str
) -> None:
    with takes_no_writes(database_url):
        answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json().get("detail")) == (503, "database: ReadOnlySqlTransaction (25006)")
    async with asyncio.timeout(PATIENCE_S):  # connections from that time are found and left one after the other
        while (await world.client.get("/healthz")).status_code != 200:
            await asyncio.sleep(0.05)


async def test_a_write_that_the_disk_had_no_room_for_is_told_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = world.composition.running["payments"].database
    with pytest.raises(errors.DiskFull):
        async with database.write():
            raise errors.DiskFull("could not extend file")
    answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json().get("detail")) == (503, "database: DiskFull (53100)")
    monkeypatch.setattr("chengtuan.platform.database._REMEMBERED_S", 0)
    assert (await world.client.get("/healthz")).status_code == 200


async def test_a_server_that_hangs_is_told_in_time(
    database_url: str, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chengtuan.apps.healthz._DATABASE_WAIT_S", 0.3)
    async with quiet_line(database_url) as line, open_world(line.conninfo, tmp_path, clock) as world:
        line.open.clear()
        async with asyncio.timeout(PATIENCE_S):
            answer = await world.client.get("/healthz")
        assert (answer.status_code, answer.json()["detail"]) == (503, "database: DatabaseTooSlow")


@contextlib.contextmanager
def takes_no_writes(database_url: str) -> Iterator[None]:
    """For sessions that begin now, which are all: the others are ended."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(name))
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        try:
            yield
        finally:
            connection.execute("set default_transaction_read_only = off")
            connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(name))
