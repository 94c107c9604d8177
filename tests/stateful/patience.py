"""A step that does not end is a defect, and its message tells where everybody waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_S = 30.0
"""A step takes milliseconds; this long means that somebody waits for ever."""


async def in_time(work: Coroutine[Any, Any, T]) -> T:
    """Raises TimeoutError that tells where everybody waits."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
    if done:
        return task.result()
    told = "\n".join(line for waiting in asyncio.all_tasks() for line in _where(waiting.get_coro()))
    task.cancel()
    raise TimeoutError(f"a step does not end:\n{told}")


def _where(coroutine: Any) -> list[str]:
    """Down the chain of awaits, from a task to what it waits for; pools' own workers always wait."""
    lines: list[str] = []
    while frame := getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None):
        lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}")
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    return [] if lines and "psycopg_pool" in lines[0] else [*lines, ""]
