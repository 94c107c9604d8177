"""Keeps work that never ends going: whatever it raises, it begins again, and everybody can see that it failed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import structlog

from chengtuan.platform.health import Health, Part
from chengtuan.platform.outages import cause, is_outage
from chengtuan.platform.tasks import end

log = structlog.get_logger(__name__)
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
STUCK_AFTER_S = 90.0
"""Every loop reports far more often, so this long a silence means that it hangs."""

Work = Callable[[Part], Awaitable[None]]
"""Runs for ever, and calls `part.works()` after each round. Ends only by raising or by being cancelled."""


async def keep_running(name: str, work: Work, health: Health) -> None:
    """Run `work` until this task is cancelled, and again after whatever it raises.

    The pause doubles from 0.2 s to 5 s, and is drawn from its upper half, so that many do not knock at a database
    that has just come back at the same instant. It starts small again after the first round that worked.
    """
    part = health.part(name, moves_within_s=STUCK_AFTER_S)
    pause_s = FIRST_PAUSE_S
    try:
        while True:
            error = await _failure_of(work, part)
            if part.ok:
                pause_s = FIRST_PAUSE_S
            part.fails(cause(error))
            _tell(name, error, pause_s)
            await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311  (no secret)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
    finally:
        health.forget(part)


@contextlib.asynccontextmanager
async def kept_running(works: Iterable[tuple[str, Work]], health: Health) -> AsyncIterator[None]:
    """All of them, while the block lasts."""
    tasks = [asyncio.create_task(keep_running(name, work, health)) for name, work in works]
    try:
        yield
    finally:
        await end(tasks)


async def _failure_of(work: Work, part: Part) -> BaseException:
    try:
        await work(part)
    except asyncio.CancelledError as cancelled:
        if _asked_to_end():
            raise
        return cancelled  # somebody else's cancellation that leaked into here
    except Exception as error:  # noqa: BLE001  (whatever it was, the work goes on)
        return error
    return RuntimeError("ended by itself")


def _asked_to_end() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _tell(name: str, error: BaseException, pause_s: float) -> None:
    """An outage needs no stack trace; anything else is a fault of ours."""
    outage = is_outage(error) or isinstance(error, OSError)
    log.warning("background_failed", part=name, cause=repr(error), pause_s=pause_s, exc_info=None if outage else error)
