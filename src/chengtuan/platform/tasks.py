"""Ends tasks that would go on for ever."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_S = 1.0


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel them and wait until all have ended, however they do.

    They are cancelled again and again: a cancellation can get lost on its way, as in `asyncio.wait_for` of Python 3.11,
    which pools of connections use, when what was waited for comes at the same moment. Whoever cancels once and waits
    would wait for ever.
    """
    under_way = set(tasks)
    while under_way:
        for task in under_way:
            task.cancel()
        ended, under_way = await asyncio.wait(under_way, timeout=_AGAIN_S)
        for task in ended:
            if not task.cancelled():
                task.exception()  # it was told to end: what it failed of is no news
