"""Hears that the process is to end, while the server still waits for the requests that are under way."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


@contextlib.contextmanager
def told_to_end(tell: Callable[[], None]) -> Iterator[None]:
    """`tell` is called in the loop, beside what the server does of its own when it is to end."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGINT)}

    def hear(number: int, frame: FrameType | None) -> Any:
        loop.call_soon_threadsafe(tell)
        server = before[signal.Signals(number)]
        return server(number, frame) if callable(server) else None

    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
