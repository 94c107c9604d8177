"""What a process says of itself to those who watch it."""

import psycopg
import pytest

from chengtuan.platform.database import Database
from tests.support.world import World


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


async def test_a_database_that_cannot_be_reached_is_named_without_its_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(self: Database) -> None:
        raise psycopg.OperationalError('connection to server at "10.0.0.5" failed: password authentication')

    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", read)
        answer = await world.client.get("/healthz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "database: OperationalError")
    assert "10.0.0.5" not in answer.text
    assert (await world.client.get("/healthz")).status_code == 200
