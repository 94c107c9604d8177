"""Gives a module events that happened before it listened, for the command line.

The running shop does the work; where none runs, this process does it. Either may die, and the other, or the same
command again, goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from chengtuan.apps.composition import Composition, RunningModule
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.ownership import refuse_stranger
from chengtuan.kernel.clock import SHANGHAI, clock_for
from chengtuan.platform import back_fill
from chengtuan.platform.background import Work, kept_running
from chengtuan.platform.module import ModuleManifest
from chengtuan.platform.settings import PlatformSettings, load_settings

_LOOK_S = 1.0


class NothingToGive(SetupProblem):
    """The message names what there is."""


class UnderWay(SetupProblem):
    """The module is being given other events. The message says which, and how far that is."""


@dataclass(frozen=True)
class Wish:
    """Which module is to be given which events; all that it hears of if `names` is empty."""

    module: str
    names: Sequence[str]
    from_at: datetime


async def give(environ: Mapping[str, str], wish: Wish) -> AsyncIterator[str]:
    """Begins, or goes on with what was begun, until all is handled; yields lines for a person.

    Raises NothingToGive, and UnderWay if what was begun is something else.
    """
    async with _opened(environ) as composition:
        chosen = _by_producer(composition.manifests, wish)
        for producer, names in chosen.items():
            begun = await _begin(composition.running[producer], wish, names)
            state = "begun" if begun else "begun before, going on"
            yield f"{producer} to {wish.module}: {state} ({', '.join(names)})"
        async with _carried(composition, wish.module, list(chosen)):
            for producer in chosen:
                async for line in _follow(composition.running[producer], wish.module):
                    yield line


async def _begin(running: RunningModule, wish: Wish, names: Sequence[str]) -> bool:
    """False if the same was begun before."""
    if await back_fill.begin(running.database, wish.module, names, wish.from_at):
        return True
    async with running.database.read() as db:
        found = await back_fill.find(db, wish.module)
    if found is None or (set(found.names), found.from_at) == (set(names), wish.from_at):
        return False
    raise UnderWay(
        f"{wish.module} is being given other events ({', '.join(found.names)}, since"
        f" {found.from_at.astimezone(SHANGHAI):%Y-%m-%d}). {_told(running.manifest.name, found)}."
        f" Wait until all are handled, or end that: chengtuan back-fill {wish.module} --stop"
    )


async def stop(environ: Mapping[str, str], module: str) -> AsyncIterator[str]:
    """Ends what was begun; what is queued and not handled yet is taken back, and live events go on."""
    async with _opened(environ) as composition:
        for producer, running in composition.running.items():
            async with running.database.read() as db:
                found = await back_fill.find(db, module)
            if found is not None and not found.done:
                taken = await back_fill.stop(running.database, module)
                yield f"{producer} to {module}: stopped, {taken} events taken back"


@asynccontextmanager
async def _opened(environ: Mapping[str, str]) -> AsyncIterator[Composition]:
    platform = load_settings(PlatformSettings, environ)
    names = [manifest.name for manifest in Composition.manifests]
    composition = Composition(
        environ=environ,
        clock=clock_for(platform.clock_file),
        modules=names,
        admit=lambda: refuse_stranger(environ),
    )
    async with composition.open():
        yield composition


def _by_producer(manifests: Sequence[ModuleManifest], wish: Wish) -> dict[str, list[str]]:
    manifest = next((each for each in manifests if each.name == wish.module), None)
    heard = sorted(event.wire_name for event in manifest.subscribes) if manifest else []
    if not heard:
        hearers = ", ".join(each.name for each in manifests if each.subscribes)
        raise NothingToGive(f"{wish.module} hears of no events; those that do: {hearers}")
    if unknown := sorted(set(wish.names) - set(heard)):
        raise NothingToGive(f"{wish.module} does not hear of {', '.join(unknown)}, but of {', '.join(heard)}")
    chosen: dict[str, list[str]] = {}
    for name in wish.names or heard:
        chosen.setdefault(name.partition(".")[0], []).append(name)
    return chosen


@asynccontextmanager
async def _carried(composition: Composition, consumer: str, producers: Sequence[str]) -> AsyncIterator[None]:
    """Where no shop runs, this process carries the events; beside one that does, its relays wait for their turn."""
    works = {producer: composition.back_fill_works(producer, consumer) for producer in producers}
    loops: list[tuple[str, Work]] = []
    for producer, (runner, relay) in works.items():
        loops += [(f"back-fill {producer}", runner.run), (f"relay {producer}", relay.run)]
    try:
        async with kept_running(loops, composition.health):
            yield
    finally:
        for runner, _ in works.values():
            await runner.close()


async def _follow(running: RunningModule, consumer: str) -> AsyncIterator[str]:
    told = ""
    while True:
        async with running.database.read() as db:
            found = await back_fill.find(db, consumer)
        if found is None:
            return
        line = _told(running.manifest.name, found)
        if line != told:
            yield (told := line)
        if found.done:
            return
        await asyncio.sleep(_LOOK_S)


def _told(producer: str, found: back_fill.BackFill) -> str:
    words = f"{producer} to {found.consumer}: {found.queued - found.waiting} of "
    words += "…" if found.total is None else f"{found.total} events handled"
    return words + (f", {found.held} wait for a person (`chengtuan events dead`)" if found.held else "")
