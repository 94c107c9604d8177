"""The product as real processes, to be killed: PostgreSQL, the sandbox, the shop's server and its background."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import psycopg

from chengtuan.apps.composition import Composition
from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.registry import MANIFESTS
from chengtuan.gateways.sandbox import initialise
from chengtuan.kernel.clock import FileOffsetClock
from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.modules.trade.stock.rows.ledger import Request, book_for_person
from chengtuan.modules.trade.stock.rules import Reason
from chengtuan.platform.facades import Facade
from tests.gateways.process import SANDBOX_PROGRAM, SandboxProcess
from tests.support.crowd import Member, gather_crowd
from tests.support.invariants import violations
from tests.support.ports import free_port
from tests.support.shop import PASSWORD
from tests.support.world import KEYS

F = TypeVar("F", bound=Facade)
DATABASE = "faults"
LOGIN = "owner-of-faults"
STOCK = 1000
_READY_S = 180.0
"""Of a machine that has other things to do."""
LEASE = timedelta(seconds=61)
"""A task under way at a kill is blocked for this long; the clock is moved instead of waiting."""


@dataclass
class Product:
    """Something to sell; one a test, since campaigns of one product may not overlap."""

    product_id: str
    sku_id: str


@dataclass
class System:
    """`start` brings everything up; `kill_*` are kill -9."""

    data: Path
    cluster: Cluster
    environ: dict[str, str]
    sandbox: SandboxProcess
    port: int
    products: list[Product] = field(default_factory=list)
    server: asyncio.subprocess.Process | None = None
    background: asyncio.subprocess.Process | None = None
    background_apart: bool = False
    """The server relays nothing and runs no jobs: `start_background` is there for that."""

    @property
    def url(self) -> str:
        return self.environ["CHENGTUAN_DATABASE_URL"]

    @property
    def shop_url(self) -> str:
        return self.environ["CHENGTUAN_PUBLIC_URL"]

    @property
    def clock(self) -> FileOffsetClock:
        return FileOffsetClock(Path(self.environ["CHENGTUAN_CLOCK_FILE"]))

    def move_clock(self, by: timedelta) -> None:
        """All processes together; within a tenth of a second."""
        file = Path(self.environ["CHENGTUAN_CLOCK_FILE"])
        fresh = file.with_suffix(".new")
        fresh.write_text(str(int(file.read_text()) + int(by.total_seconds())))
        fresh.replace(file)

    async def start_server(self, log: Path | None = None) -> None:
        """Its output goes into `log`."""
        with (log or self.data / "server.log").open("ab") as output:
            self.server = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "chengtuan.apps.cli", "serve", "--port", str(self.port)),
                *(["--no-background"] if self.background_apart else []),
                env=os.environ | self.environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        async with asyncio.timeout(_READY_S), httpx.AsyncClient(trust_env=False) as http:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await http.get(f"{self.shop_url}/healthz", timeout=2)).status_code == 200:
                        return
                assert self.server.returncode is None, (self.data / "server.log").read_text()[-3000:]
                await asyncio.sleep(0.1)

    async def start_background(self) -> None:
        with (self.data / "background.log").open("ab") as output:
            self.background = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "chengtuan.apps.cli", "worker"),
                env=os.environ | self.environ,
                stdout=output,
                stderr=output,
            )

    async def kill_background(self) -> None:
        assert self.background is not None
        with contextlib.suppress(ProcessLookupError):
            self.background.kill()
        await self.background.wait()

    async def kill_server(self) -> None:
        """The server's parent and its workers, at the same instant."""
        assert self.server is not None
        os.killpg(self.server.pid, signal.SIGKILL)
        await self.server.wait()

    async def kill_worker(self) -> None:
        """The process that serves, and not the parent that watches it."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        workers = [int(pid) for pid in children if b"resource_tracker" not in _command(int(pid))]
        assert workers, "the server has no worker of its own"
        for pid in workers:
            os.kill(pid, signal.SIGKILL)

    async def kill_postgres(self) -> None:
        pid = self.cluster.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    async def start_postgres(self) -> None:
        await asyncio.to_thread(self.cluster.start)

    def signal_postgres(self, number: signal.Signals) -> None:
        """To the server and each process of a connection: SIGSTOP is a machine that hangs, SIGCONT ends it."""
        pid = self.cluster.pid
        assert pid is not None
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):  # some come and go
                os.kill(each, number)

    async def restart_postgres(self) -> None:
        await asyncio.to_thread(self.cluster.stop)
        await asyncio.to_thread(self.cluster.start)

    async def stop(self) -> None:
        if self.server is not None and self.server.returncode is None:
            await self.kill_server()
        if self.background is not None:
            await self.kill_background()
        await self.sandbox.stop()
        await asyncio.to_thread(self.cluster.remove)

    def crowd(self, count: int, *, wechat: bool = False) -> list[Member]:
        keys = Composition(environ=self.environ, clock=self.clock, modules=[]).keys
        return gather_crowd(self.url, keys, count, self.clock.now(), wechat=wechat)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    async def ledger(self) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            return dict((await http.get(f"{self.sandbox.url}/desk/api/ledger", timeout=20)).json())

    async def broken(self) -> list[str]:
        return violations(self.url, ledger=await self.ledger())

    async def eventually(
        self, holds: Callable[[], bool], *, within_s: float = 30, move: timedelta | None = None
    ) -> None:
        """Waits until it holds; `move` moves the clock that far after each second without success."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    await asyncio.sleep(1 if move else 0.2)
                    if move:
                        self.move_clock(move)
        except TimeoutError:
            raise AssertionError(f"not within {within_s} s: {await self.broken()}") from None

    async def sound(self, *, within_s: float = 30) -> None:
        """Everything settles, and then no rule is broken."""
        found: list[str] = []
        for _ in range(int(within_s)):
            found = await self.broken()
            if not found:
                return
            await asyncio.sleep(1)
        raise AssertionError(found[:10])


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def build_system(
    data: Path,
    *,
    sandbox_program: str = SANDBOX_PROGRAM,
    sandbox_environ: Mapping[str, str] | None = None,
    server_environ: Mapping[str, str] | None = None,
    background_apart: bool = False,
) -> System:
    """PostgreSQL, sandbox and server up, with a merchant and products in stock."""
    port, sandbox_port = free_port(), free_port()
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    credentials = initialise(data, public_url=sandbox_url)
    lines = [line for line in credentials.read_text().splitlines() if "=" in line and line[0] != "#"]
    clock_file = data / "clock"
    clock_file.write_text("0")
    cluster = Cluster.for_data(data, password="only-for-tests")
    await asyncio.to_thread(cluster.init)
    await asyncio.to_thread(cluster.start)
    create_database(cluster, DATABASE)
    environ = (
        dict(line.split("=", 1) for line in lines)
        | KEYS
        | {
            "CHENGTUAN_DATABASE_URL": cluster.dsn(DATABASE),
            "CHENGTUAN_DATA": str(data),
            "CHENGTUAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "CHENGTUAN_CLOCK_FILE": str(clock_file),
        }
        | dict(server_environ or {})
    )
    await asyncio.to_thread(bring_up_to_date, environ)
    sandbox = SandboxProcess(
        data,
        sandbox_port,
        program=sandbox_program,
        CHENGTUAN_CLOCK_FILE=str(clock_file),
        CHENGTUAN_SANDBOX_RETRY_SCALE="0.02",
        CHENGTUAN_SANDBOX_REFUND_DELAY_S="0.5",
        **(sandbox_environ or {}),
    )
    system = System(data, cluster, environ, sandbox, port, background_apart=background_apart)
    await sandbox.start()
    await _stock_shelves(system)
    await system.start_server()
    if background_apart:
        await system.start_background()
    return system


async def _stock_shelves(system: System) -> None:
    composition = Composition(
        environ=system.environ, clock=system.clock, modules=[manifest.name for manifest in MANIFESTS]
    )

    def facade(kind: type[F]) -> F:
        found = composition.facades[kind]
        assert isinstance(found, kind)
        return found

    async with composition.open():
        merchant_id = await facade(MerchantsFacade).add_merchant(
            name={"en": "Orchard"}, intro={"en": "Fruit"}, logo_url="", demo=False
        )
        await facade(AccountsFacade).add_staff(
            login=LOGIN, password=PASSWORD, name="Owner", roles=["merchant_owner"], merchant_id=merchant_id
        )
        catalog = facade(CatalogFacade)
        await catalog.add_category(slug="fresh", name={"en": "Fresh"}, icon_url="/media/x.webp", position=1)
        for number in range(8):
            draft = ProductDraft(
                name={"en": f"Fruit {number}"},
                summary={"en": "Sweet"},
                description={"en": "Sweet"},
                category_slug="fresh",
                images=["/media/x.webp"],
                list_price_fen=None,
                skus=[SkuDraft(sku_id=None, name={"en": "1 kg"}, solo_price_fen=9900)],
            )
            made = await catalog.add_product(merchant_id=merchant_id, product=draft, demo=False, publish=True)
            system.products.append(Product(str(made.product_id), str(made.skus[0].sku_id)))
        await composition.settle()
        async with composition.running["trade"].database.write() as tx:
            for product in system.products:
                request = Request(
                    id=new_id(),
                    sku_id=UUID(product.sku_id),
                    reason=Reason.RECEIVED,
                    note="",
                    editor=Editor(new_id(), "Owner"),
                )
                await book_for_person(tx, request, STOCK, tx.clock.now())


@contextlib.asynccontextmanager
async def running_system(data: Path, **how: Any) -> AsyncIterator[System]:
    """As `build_system`, to its end."""
    system = await build_system(data, **how)
    try:
        yield system
    finally:
        await system.stop()


def at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
