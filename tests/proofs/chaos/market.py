"""A shop whose process can die, its provider, and the people: what a round of schedules plays on."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import psycopg

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.apps.web import create_app
from chengtuan.gateways.sandbox import Sandbox, SandboxSettings, create_sandbox_app
from chengtuan.gateways.wechat import transport
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.events import Envelope
from chengtuan.platform.relay import Deliver
from tests.proofs.chaos.lines import ToProvider, ToShop
from tests.proofs.chaos.process import Process, lines_may_be_dead, outside, tasks_know_their_process
from tests.proofs.chaos.tally import AGAIN, Tally
from tests.proofs.ground import Ground
from tests.support.shop import Shop, open_shop
from tests.support.world import SANDBOX, SHOP, World, environment

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
_SHARE_AGAIN = 0.2
_NO_POLLING_S = 3600.0
"""The provider's own timers ring when the clock is moved here, not by themselves."""
_CUT = (
    "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and application_name like 'chengtuan-%' and state <> 'idle' order by random() limit 1) as cut"
)
_HANG_UP = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
    " and application_name like 'chengtuan-%'"
)


@dataclass
class Market:
    """`world` is the one that other tests know; its composition is whichever process is up."""

    database_url: str
    environ: dict[str, str]
    clock: MovableClock
    chance: random.Random
    tally: Tally
    sandbox_app: Any
    to_provider: ToProvider
    callbacks: list[httpx.Request]
    desk: httpx.AsyncClient
    admin: psycopg.AsyncConnection[Any]
    _process: Process | None = None
    _composition: Composition | None = None
    _app: Any = None
    shop: Shop = field(init=False)

    @property
    def sandbox(self) -> Sandbox:
        sandbox: Sandbox = self.sandbox_app.state.sandbox
        return sandbox

    @property
    def composition(self) -> Composition:
        assert self._composition is not None
        return self._composition

    @property
    def up(self) -> tuple[Process, Any] | None:
        return None if self._process is None or self._process.dead else (self._process, self._app)

    async def start(self) -> None:
        """A new process of the shop, with an empty memory."""
        composition = Composition(
            environ=self.environ,
            clock=self.clock,
            modules=[manifest.name for manifest in Composition.manifests],
            outside=outside_client(self.to_provider),
        )
        for module in composition.running.values():
            targets = module.relay._targets
            module.relay._targets = {name: self._now_and_then_twice(deliver) for name, deliver in targets.items()}
        self._app = create_app(composition, background=False)
        self._composition = composition
        self._process = Process()

        async def live(up: asyncio.Event) -> None:
            async with composition.open():
                up.set()
                await asyncio.Event().wait()

        await self._process.start(live)

    def _now_and_then_twice(self, deliver: Deliver) -> Deliver:
        """Events come at least once: whoever carries them may forget that it has."""

        async def twice(envelopes: Sequence[Envelope]) -> dict[UUID, str]:
            failed = await deliver(envelopes)
            if not failed and self.chance.random() < _SHARE_AGAIN:
                self.tally.hit(AGAIN)
                failed = await deliver(envelopes)
            return failed

        return twice

    async def restart_if_dead(self) -> bool:
        """Whether it had died."""
        if self._process is not None and self._process.dead:
            await self.stop()
            await self.start()
            return True
        return False

    async def stop(self) -> None:
        """The process ends without a word, and PostgreSQL notices that its clients are gone."""
        if self._process is not None:
            await self._process.gone()
        while await self.rows(_HANG_UP) != [(0,)]:
            await asyncio.sleep(0.002)

    def light_fuse(self, pauses: int) -> None:
        """The process dies so many awaits from now."""
        if self._process is not None:
            self._process.light_fuse(pauses)

    def put_out_fuse(self) -> None:
        if self._process is not None:
            self._process.put_out_fuse()

    async def work(self, *, everything: bool = False) -> None:
        """The shop does what is due: events, jobs. Raises ProcessDied.

        Orders and money only, unless `everything` is wanted: the other modules are asked often enough at the end.
        """
        if self._process is not None and not self._process.dead:
            with contextlib.suppress(psycopg.OperationalError):  # as the loops do that run all the time: later again
                await self._process.call(self.composition.settle() if everything else self._work())

    async def _work(self) -> None:
        modules = [self.composition.running[name] for name in ("payments", "trade")]
        loops = [loop for module in modules for loop in module.built.loops if loop.name != "shelf"]
        while sum([await module.relay.once() + await module.jobs.drain() for module in modules]) or sum(
            [await loop.once() for loop in loops]
        ):
            pass

    async def deliver(self) -> None:
        """The provider's timers ring and its callbacks go out."""
        await outside(self.sandbox.deliver_due())

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    async def cut_a_connection(self) -> int:
        """PostgreSQL ends a connection that is in use just now; how many it were, 0 or 1."""
        cursor = await self.admin.execute(_CUT)
        row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = await self.admin.execute(query.encode(), values or None)
        return await cursor.fetchall() if cursor.description else []

    def ledger(self) -> dict[str, Any]:
        """The provider's own books, all of them."""
        store = self.sandbox.store
        return {"trades": store.all("SELECT * FROM trade"), "refunds": store.all("SELECT * FROM refund")}


@contextlib.asynccontextmanager
async def open_market(ground: Ground, chance: random.Random) -> AsyncIterator[Market]:
    url, folder = ground.fresh_database(), ground.fresh_folder()
    environ, clock = environment(url, folder), MovableClock(NOON)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(lines_may_be_dead())
        stack.enter_context(tasks_know_their_process())
        stack.enter_context(patch.object(transport, "_PAUSES_S", (0.0, 0.0)))  # they are in real time
        callbacks: list[httpx.Request] = []
        to_shop, from_provider = ToShop(lambda: None), ToShop(lambda: None, heard=callbacks)
        provider_http = await stack.enter_async_context(httpx.AsyncClient(transport=from_provider, base_url=SHOP))
        settings = SandboxSettings(
            data_dir=folder, public_url=SANDBOX, shop_origins=(SHOP,), refund_delay_s=2.0, poll_s=_NO_POLLING_S
        )
        sandbox_app = create_sandbox_app(settings, clock, provider_http)
        stack.push_async_callback(sandbox_app.state.sandbox.close)
        tally = Tally()
        to_provider = ToProvider(sandbox_app, tally)
        desk = httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox_app), base_url=SANDBOX)
        await stack.enter_async_context(desk)
        admin = await stack.enter_async_context(await psycopg.AsyncConnection.connect(url, autocommit=True))
        market = Market(url, environ, clock, chance, tally, sandbox_app, to_provider, callbacks, desk, admin)
        to_shop.up = from_provider.up = lambda: market.up
        stack.push_async_callback(market.stop)
        await market.start()
        client = await stack.enter_async_context(httpx.AsyncClient(transport=to_shop, base_url=SHOP))
        world = World(environ, clock, market.composition, None, client, desk, sandbox_app)  # type: ignore[arg-type]
        market.shop = await open_shop(world)
        tally.watch(market.sandbox)
        yield market
