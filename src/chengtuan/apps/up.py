"""`chengtuan up`: everything on this machine with one command. This is what `make run` runs."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.embedded.location import INSIDE, find_home
from chengtuan.apps.embedded.mark import read_mark
from chengtuan.apps.startup.children import HOST, postgres_child, sandbox_child, server_child
from chengtuan.apps.startup.commands import run_command
from chengtuan.apps.startup.environment import (
    CHECKOUT,
    base_environment,
    is_demo,
    refuse_without_partners,
    with_sandbox,
)
from chengtuan.apps.startup.folder import prepare_data_folder, refuse_half_restored
from chengtuan.apps.startup.own_database import DATABASE_URL, holds_a_shop, kept_for_us
from chengtuan.apps.startup.secrets import DATABASE_PASSWORD, load_or_make_secrets
from chengtuan.apps.startup.terminal import Terminal
from chengtuan.apps.startup.welcome import ACCOUNTS_FILE, welcome
from chengtuan.apps.supervisor import ChildSpec, Supervisor
from chengtuan.apps.supervisor.checks import check_free_disk, check_port
from chengtuan.apps.supervisor.lock import RunLock
from chengtuan.apps.supervisor.spawn import end_leftovers
from chengtuan.kernel.decimals import decimal
from chengtuan.platform.tasks import end

DATABASE = "chengtuan"
DEFAULT_DATA = CHECKOUT / ".data"
DEFAULT_PORT = 8000
SINGLE = "single"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Launch:
    """One run: `data` is absolute; the sandbox gets the port above `port`."""

    data: Path
    port: int
    topology: str
    own_environment: Mapping[str, str]
    terminal: Terminal
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.data / "logs", self.terminal.news)

    @property
    def is_demo(self) -> bool:
        return is_demo(self.own_environment)

    @property
    def sandbox_port(self) -> int:
        return self.port + 1

    async def run(self) -> None:
        """Brings everything up, stays until a signal asks to stop, then stops everything."""
        refuse_without_partners(self.own_environment)
        prepare_data_folder(self.data)
        with RunLock(self.data):
            if count := await end_leftovers(self.data):
                self.terminal.news(f"ended what an earlier run had left behind ({count} processes)")
            check_port(HOST, self.port, what="shop")
            if self.is_demo:
                check_port(HOST, self.sandbox_port, what="sandbox")
            self._servers({**self.own_environment, "CHENGTUAN_DATA": str(self.data)})  # or says why they cannot be
            check_free_disk(self.data)
            refuse_half_restored(self.data)
            try:
                async with self._database_to_ourselves():
                    await _until_signalled(self._bring_up())
            finally:
                await self._stop()

    def _database_to_ourselves(self) -> AbstractAsyncContextManager[None]:
        """The embedded one is ours by its folder."""
        url = self.own_environment.get(DATABASE_URL)
        return nullcontext() if url is None else kept_for_us(url, self.terminal.news)

    async def _stop(self) -> None:
        if self.supervisor.pids:
            self.terminal.say("\n  Stopping …")
            await self.supervisor.stop_all()
            self.terminal.say(f"  Stopped. The data stays in {self.data}.")

    async def _bring_up(self) -> None:
        environment = await self._start_database()
        sandbox_port = None
        if self.is_demo:
            sandbox_port = self.sandbox_port
            await _together(self._migrate(environment), self._prepare_sandbox(environment))
            environment = with_sandbox(environment, data=self.data, desk_url=f"http://{HOST}:{sandbox_port}/")
            await self._seed(environment)  # it plays the sandbox's part itself, on a moved clock
            await _together(self._start_sandbox(environment), self._start_servers(environment))
        else:
            await self._migrate(environment)
            await self._start_servers(environment)
        self.terminal.say(welcome(self.data, host=HOST, port=self.port, sandbox_port=sandbox_port))

    def _servers(self, environment: Mapping[str, str]) -> list[ChildSpec]:
        """The last one is the door. Raises SetupProblem where the topology cannot run on this machine."""
        if self.topology == SINGLE:
            return [server_child(environment, self.port)]
        # It loads every module, which the supervisor of a single server can do without.
        from chengtuan.apps.startup.services import service_children  # noqa: PLC0415  (see above)

        return service_children(environment, self.topology, self.port)

    async def _start_servers(self, environment: Mapping[str, str]) -> None:
        *inner, door = self._servers(environment)
        await _together(*map(self._start_server, inner))
        await self._start_server(door)  # nginx comes last: it is ready only when the others are

    async def _start_server(self, child: ChildSpec) -> None:
        async with self.terminal.step(f"Starting {child.name}") as step:
            await self.supervisor.start(child)
            step.done = f"{child.name.capitalize()} is ready"

    async def _start_database(self) -> dict[str, str]:
        """Starts PostgreSQL unless the person has one; the environment of the other processes."""
        url = self.own_environment.get(DATABASE_URL)
        exists = _embedded_database_exists(self.data) if url is None else await asyncio.to_thread(holds_a_shop, url)
        secrets = load_or_make_secrets(
            self.data, database_exists=exists, given=self.own_environment, own_database=url is not None
        )
        if url is None:
            url = await self._start_postgres(secrets[DATABASE_PASSWORD])
        return base_environment(self.own_environment, data=self.data, port=self.port, secrets=secrets, database_url=url)

    async def _start_postgres(self, password: str) -> str:
        async with self.terminal.step("Starting PostgreSQL") as step:
            cluster = await asyncio.to_thread(Cluster.for_data, self.data, password=password)
            check_free_disk(cluster.files.home)
            await asyncio.to_thread(cluster.stop)  # one that survived an earlier run is no child of ours
            await asyncio.to_thread(cluster.init)
            await self.supervisor.start(postgres_child(cluster))
            await asyncio.to_thread(create_database, cluster, DATABASE)
            step.done = f"PostgreSQL {cluster.programs.binaries.version} is ready"
        return cluster.dsn(DATABASE)

    async def _migrate(self, environment: Mapping[str, str]) -> None:
        async with self.terminal.step("Bringing the database up to date") as step:
            await self._run("migrate", environment=environment)
            step.done = "Database is up to date"

    async def _prepare_sandbox(self, environment: Mapping[str, str]) -> None:
        """Its keys and the credentials that the shop gets from it."""
        await self._run("sandbox", "--init", "--port", str(self.sandbox_port), environment=environment)

    async def _start_sandbox(self, environment: Mapping[str, str]) -> None:
        async with self.terminal.step("Starting the sandbox of WeChat and SMS") as step:
            await self.supervisor.start(sandbox_child(environment, self.sandbox_port))
            step.done = "Sandbox is ready"

    async def _seed(self, environment: Mapping[str, str]) -> None:
        if (self.data / ACCOUNTS_FILE).exists():
            return
        async with self.terminal.step("Filling the empty shop with demo data") as step:
            await self._run("seed", environment=environment)
            step.done = "Demo data is in place"

    async def _run(self, command: str, *arguments: str, environment: Mapping[str, str]) -> None:
        log = self.data / "logs" / f"{command}.log"
        await run_command(command, *arguments, environment=environment, log=log)


def _embedded_database_exists(data: Path) -> bool:
    """Raises SetupProblem where one must be and is not: a new one would be an empty shop."""
    home = find_home(data)
    if home is not None and (home / "data" / "PG_VERSION").exists():
        return True
    mark = read_mark(data)
    if mark is not None and mark.founded:
        raise SetupProblem(
            f"{data} belongs to the shop {mark.identity}, but its database is not there; put the folder "
            f"{home or data / INSIDE} back, or restore a backup into an empty folder, or name the database with "
            f"{DATABASE_URL}=… if it is one of your own."
        )
    return False


async def _together(*works: Coroutine[object, object, None]) -> None:
    """Does all at the same time; the first error ends the others and comes through."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)


async def _until_signalled(work: Coroutine[object, object, None]) -> None:
    """Runs `work`, then waits for a signal; a signal during `work` ends it. Its errors come through."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            await stopping
    finally:
        await end((working, stopping))


def up(*, data: Path | None = None, port: int | None = None, topology: str | None = None) -> int:
    """Runs everything until Ctrl-C; the exit code.

    Defaults: `DATA` or `.data` of the checkout, `PORT` or 8000, `TOPOLOGY` or `single`.
    """
    terminal = Terminal()
    try:
        folder = (data or Path(os.environ.get("DATA") or DEFAULT_DATA)).resolve()
        chosen = topology or os.environ.get("TOPOLOGY") or SINGLE
        launch = Launch(folder, port or _port_from_environment(), chosen, dict(os.environ), terminal)
        asyncio.run(launch.run())
    except SetupProblem as problem:
        terminal.say(f"\n  {problem}\n")
        return 1
    return 0


def _port_from_environment() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    port = decimal(text)
    if port is None:
        raise SetupProblem(f"PORT is {text!r}, but must be a number.")
    return port


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of this file on its own."""
    parser = argparse.ArgumentParser(prog="chengtuan up", description=__doc__)
    parser.add_argument("--data", type=Path, help="the data folder (default: $DATA, or .data of the checkout)")
    parser.add_argument("--port", type=int, help="the shop's port (default: $PORT or 8000)")
    parser.add_argument("--topology", help="a file of deploy/topologies (default: $TOPOLOGY or single)")
    chosen = parser.parse_args(arguments)
    return up(data=chosen.data, port=chosen.port, topology=chosen.topology)


if __name__ == "__main__":
    sys.exit(main())
