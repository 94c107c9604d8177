"""A test that hangs ends its process, saying where it hung, instead of holding up everything for ever.

What threads do is told by pytest itself (`faulthandler_timeout`); what tasks of asyncio wait for, here.
"""

import asyncio
import gc
import os
import threading
from collections.abc import Generator

import pytest

_SHARE = 0.9
"""Of `faulthandler_timeout`, at the end of which the process ends."""
_out = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_out] = os.dup(2)  # before anything is captured


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    patience_s = float(item.config.getini("faulthandler_timeout")) * _SHARE
    timer = threading.Timer(patience_s, _tell, (item.nodeid, item.config.stash[_out]))
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def _tell(name: str, out: int) -> None:
    with os.fdopen(os.dup(out), "w", encoding="utf-8") as file:
        print(f"\n{name} hangs; what tasks wait for:", file=file)
        for task in [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]:
            task.print_stack(file=file)
