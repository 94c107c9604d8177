"""That the application which one test after the other gets has forgotten the test before."""

import asyncio
import contextlib
import gc
import inspect
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import APIRouter
from starlette.staticfiles import StaticFiles

from chengtuan.apps.composition import Composition
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.http import typed_fields
from chengtuan.platform.wire import Wire
from tests.support.memory import module_of
from tests.support.rows import empty_tables
from tests.support.story import live_a_little
from tests.support.world import Application, World, open_application, open_world_of

CACHES = {"chengtuan.platform.events._codecs"}
"""What modules themselves hold and may change: made from the events' classes alone."""
FRAMEWORK = (APIRouter, StaticFiles, typed_fields._Typed, Wire)
"""Of these others hold what there is: routes, files and types of fields, of which nothing changes, and a pool's
connections, whose prepared statements are as good for the next test."""

PATIENCE_S = 20.0


async def test_after_a_busy_world_nothing_is_left(
    application: Application, database_url: str, template_url: str, clock: MovableClock, tmp_path: Path
) -> None:
    globals_before = _globals()
    async with application.lent(), open_world_of(application) as world:
        await live_a_little(world)
        assert application.begun.changed(), "or this proves nothing"
    assert application.begun.changed() == []
    known = {name.rpartition(".")[0] for name in globals_before}  # what is loaded meanwhile begins with what it has
    moved = {name for name, held in _globals().items() if held != globals_before.get(name)}
    assert {name for name in moved if name.rpartition(".")[0] in known} <= CACHES
    assert not (Path(application.environ["CHENGTUAN_DATA"]) / "media" / "uploads").exists()

    assert len(_rows(database_url)) > 20, "or this proves nothing"
    empty_tables(database_url)
    assert _rows(database_url) == _rows(template_url), "what migrations made, and nothing else"
    async with open_application(database_url, tmp_path, clock):
        started = _rows(database_url)
    empty_tables(database_url)
    async with application.lent():
        assert _rows(database_url) == started, "what modules write when they start, and nothing else"
    async with application.lent(), open_world_of(application) as world:
        assert not any((await world.partner.get("/desk/api/ledger")).json().values())


async def test_nothing_of_the_product_is_out_of_reach(database_url: str, clock: MovableClock, tmp_path: Path) -> None:
    """Whatever of ours came to life with an application is among what is put back."""
    before = [thing for thing in gc.get_objects() if _is_ours(thing)]
    known = {id(thing) for thing in before}
    async with open_application(database_url, tmp_path, clock) as application:
        reached = {id(kept.thing) for kept in application.begun._kept}
        assert len(reached) > 100, "or this proves nothing"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while _made_beside(known | reached):  # a pool's workers may be at something yet, which passes
                    await asyncio.sleep(0.01)
        assert _made_beside(known | reached) == set()


def _made_beside(known: set[int]) -> set[str]:
    """The kinds of our things that live and are none of these."""
    gc.collect()
    living = [thing for thing in gc.get_objects() if _is_ours(thing) and not isinstance(thing, FRAMEWORK)]
    return {type(thing).__qualname__ for thing in living if id(thing) not in known}


def _keep_a_page(composition: Composition) -> None:
    composition.hot._about["a topic"] = set()


def _fail_a_part(composition: Composition) -> None:
    composition.health.part("relay trade").fails("a reason")


def _ring(composition: Composition) -> None:
    composition.running["trade"].database.wake()


def _note_an_outage(composition: Composition) -> None:
    composition.running["payments"].database._outage = psycopg.OperationalError()


def _listen_outside(composition: Composition) -> None:
    composition.outside.event_hooks["request"].append(_nothing)


def _hide_in_a_closure(composition: Composition) -> None:
    """A job's handler that keeps something in a variable of the function around it."""
    for job in composition.running["trade"].built.jobs:
        for name, value in inspect.getclosurevars(inspect.unwrap(job.handler)).nonlocals.items():
            if name == "ctx":
                value.leaked = deque([1])


async def _nothing(request: Any) -> None:
    return None


LEAKS = [_keep_a_page, _fail_a_part, _ring, _note_an_outage, _listen_outside, _hide_in_a_closure]


@pytest.mark.parametrize("leak", LEAKS)
async def test_each_leak_is_seen_and_mended(world: World, application: Application, leak: Callable[..., None]) -> None:
    leak(world.composition)
    assert application.begun.changed()
    application.begun.restore()
    assert application.begun.changed() == []


async def test_what_still_runs_at_the_end_of_a_world_is_ended(
    application: Application, database_url: str, clock: MovableClock
) -> None:
    others = asyncio.create_task(asyncio.sleep(60))
    async with application.lent():
        left = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
    assert (left.cancelled(), others.done()) == (True, False)
    others.cancel()


async def test_a_pool_may_begin_to_wait_anew_during_a_test(application: Application) -> None:
    """It does so every ten minutes."""
    pool = application.composition.running["trade"].database._write_pool._pool
    looked = asyncio.Event()

    async def look() -> None:
        looked.set()

    async with application.lent():
        await pool._sched.enter(0, look)
        await looked.wait()
        await asyncio.sleep(0.01)
    assert pool._sched_runner is not None
    assert not pool._sched_runner.done()


def test_a_class_of_compiled_code_is_nobodys() -> None:
    compiled = type("Compiled", (), {"__module__": property(str)})
    assert module_of(compiled()) == ""
    assert not _is_ours(compiled())


def _is_ours(thing: object) -> bool:
    return module_of(thing).startswith("chengtuan.")


def _globals() -> dict[str, str]:
    """What the product's modules hold that can change, as text."""
    return {
        f"{module}.{name}": repr(value)
        for module, loaded in list(sys.modules.items())
        if module.startswith("chengtuan.")
        for name, value in vars(loaded).items()
        if isinstance(value, dict | list | set | deque) and not name.startswith("__")
    }


def _rows(database_url: str) -> dict[str, int]:
    """How many rows the tables have that have any."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "select schemaname || '.' || tablename from pg_tables where starts_with(tableowner, 'chengtuan_')"
        ).fetchall()
        counts = {table: connection.execute(f"select count(*) from {table}".encode()).fetchone() for (table,) in tables}
    return {table: count[0] for table, count in counts.items() if count and count[0]}
