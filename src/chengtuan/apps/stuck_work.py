"""Stuck work of all modules in the database, for the command line."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from chengtuan.apps.composition import Composition
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import clock_for
from chengtuan.platform import stuck
from chengtuan.platform.database import Database
from chengtuan.platform.settings import PlatformSettings, load_settings


class UnknownModule(SetupProblem):
    """The message names those that there are."""


@asynccontextmanager
async def _opened(environ: Mapping[str, str], module: str) -> AsyncIterator[dict[str, Database]]:
    names = [manifest.name for manifest in MANIFESTS]
    if module and module not in names:
        raise UnknownModule(f"there is no module {module}; there are {', '.join(names)}")
    platform = load_settings(PlatformSettings, environ)
    composition = Composition(environ=environ, clock=clock_for(platform.clock_file), modules=names)
    databases = {n: running.database for n, running in composition.running.items() if module in {"", n}}
    for database in databases.values():
        await database.open()
    try:
        yield databases
    finally:
        for database in databases.values():
            await database.close()


async def list_work(environ: Mapping[str, str], kind: stuck.WorkKind, module: str) -> list[tuple[str, stuck.StuckWork]]:
    found = []
    async with _opened(environ, module) as databases:
        for name, database in databases.items():
            async with database.read() as db:
                found += [(name, work) for work in await stuck.list_all_stuck(db) if work.kind == kind]
    return sorted(found, key=lambda each: each[1].since)


async def act(
    environ: Mapping[str, str], kind: stuck.WorkKind, ids: Sequence[int] | None, module: str, *, again: bool
) -> int:
    count = 0
    async with _opened(environ, module) as databases:
        for database in databases.values():
            chosen = ids
            if chosen is None:
                async with database.read() as db:
                    chosen = [work.id for work in await stuck.list_all_stuck(db) if work.kind == kind and work.dead]
            if again:
                count += await stuck.try_again(database, kind, chosen)
            else:
                count += await stuck.set_aside(database, kind, chosen, by="command")
    return count
