"""Tasks that are told to end do, also if they did not hear it the first time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chengtuan.platform import tasks
from chengtuan.platform.background import kept_running
from chengtuan.platform.health import Health, Part

SOURCES = Path(__file__).parents[2] / "src"


async def deaf(_part: Part | None = None) -> None:
    """What was waited for came at the moment of the cancellation."""
    for _ in range(2):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_AGAIN_S", 0.01)


async def directly() -> None:
    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await tasks.end([task])
    assert task.cancelled()


async def in_the_background() -> None:
    health = Health()
    async with kept_running([("deaf", deaf)], health):
        await asyncio.sleep(0)
    assert health.parts == []


@pytest.mark.parametrize("how", [directly, in_the_background])
async def test_who_did_not_hear_it_is_told_again(how: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(20):
        await how()


async def test_control_who_is_told_once_goes_on() -> None:
    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.05)
    assert not done
    await tasks.end([task])


async def test_it_does_not_matter_how_they_end_and_nobody_is_nothing() -> None:
    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("while it ended")

    over = asyncio.create_task(asyncio.sleep(0))
    failing = asyncio.create_task(fails())
    await asyncio.sleep(0.001)
    await tasks.end([over, failing])
    await tasks.end([])
    assert over.done()
    assert failing.done()


def test_no_cancellation_gets_lost_in_ours() -> None:
    """`asyncio.timeout` does the same without losing one."""
    assert [
        path.name for path in SOURCES.rglob("*.py") if "asyncio.wait_for(" in path.read_text(encoding="utf-8")
    ] == []
