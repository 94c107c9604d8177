"""A process of the shop inside this one, which can die at any await: all its tasks end there."""

import asyncio
import contextlib
import contextvars
import functools
import gc
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any, TypeVar

import psycopg

T = TypeVar("T")
_of: contextvars.ContextVar["Process | None"] = contextvars.ContextVar("process", default=None)
_DEATH_THROES = 100


class ProcessDied(Exception):
    """Whoever asked it gets no answer: what was asked may have happened or not."""


class Process:
    """`run` starts its main task, which ends with it; everything that its tasks start belongs to it as well."""

    def __init__(self) -> None:
        self.dead = False
        self._fuse: int | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._main: asyncio.Task[None] | None = None

    async def start(self, main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
        """Runs `main` until it sets its event: then the process is up."""
        up = asyncio.Event()
        self._main = self._spawn(main(up))
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait({self._main, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if self._main.done():
            waiting.cancel()
            self._main.result()

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """The work's result, done in this process. Raises ProcessDied if it dies meanwhile."""
        if self.dead:
            work.close()
            raise ProcessDied
        task = self._spawn(work)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.cancelled():
            raise ProcessDied
        return task.result()

    def light_fuse(self, pauses: int) -> None:
        """It dies the moment its tasks have paused so often, wherever the last one stands then."""
        self._fuse = pauses

    def put_out_fuse(self) -> None:
        self._fuse = None

    async def gone(self) -> None:
        """Waits until none of its tasks is left. Raises RuntimeError if one refuses to go."""
        self._die()
        for _ in range(_DEATH_THROES):
            if not self._tasks:
                return
            for task in self._tasks:  # again and again: the connection pool's own tasks do not hear it every time
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.05)
        raise RuntimeError(f"will not die: {[_name(task) for task in self._tasks]}")

    def _die(self) -> None:
        if not self.dead:
            self.dead = True
            for task in self._tasks:
                task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        context = contextvars.copy_context()
        context.run(_of.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def adopt(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.dead:
            task.cancel()

    def paused(self) -> None:
        """One of its tasks waits for something."""
        if self._fuse is None or self.dead:
            return
        self._fuse -= 1
        if self._fuse <= 0:
            self._fuse = None
            self._die()


class _Watched:
    """A coroutine whose pauses are counted."""

    def __init__(self, work: Coroutine[Any, Any, T], process: Process) -> None:
        self.work = work
        self._process = process

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[], Any] = functools.partial(self.work.send, None)
        while True:
            try:
                pause = step()
            except StopIteration as end:
                return end.value
            self._process.paused()
            try:
                sent = yield pause
                step = functools.partial(self.work.send, sent)
            except BaseException as error:  # noqa: BLE001  (cancellation too belongs inside)
                step = functools.partial(self.work.throw, error)


def _name(task: "asyncio.Task[Any]") -> str:
    frames = [frame for frame in task.get_stack() if "work" in frame.f_locals]
    return str(frames[0].f_locals["work"]) if frames else str(task)


async def _watched(work: Coroutine[Any, Any, T], process: Process) -> Any:
    return await _Watched(work, process)


def _make_task(
    loop: asyncio.AbstractEventLoop, work: Any, *, context: contextvars.Context | None = None
) -> "asyncio.Task[Any]":
    process = _of.get() if context is None else context.get(_of)
    if process is None:
        return asyncio.Task(work, loop=loop, context=context)
    task: asyncio.Task[Any] = asyncio.Task(_watched(work, process), loop=loop, context=context)
    process.adopt(task)
    task.add_done_callback(lambda _: work.close())  # it may die before its first step
    return task


@contextlib.contextmanager
def tasks_know_their_process() -> Iterator[None]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(_make_task)
    try:
        yield
    finally:
        loop.set_task_factory(before)


@contextlib.contextmanager
def lines_may_be_dead() -> Iterator[None]:
    """Generators of dead processes that are swept up find their connections gone; nobody needs to hear of it."""
    before = sys.unraisablehook

    def hook(found: "sys.UnraisableHookArgs") -> None:
        if not isinstance(found.exc_value, psycopg.OperationalError):
            before(found)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        gc.collect()
        sys.unraisablehook = before


async def outside(work: Coroutine[Any, Any, T]) -> T:
    """Done outside of any process: it goes on if the process that waits for it dies."""
    return await asyncio.shield(asyncio.get_running_loop().create_task(work, context=contextvars.Context()))
