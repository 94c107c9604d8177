"""One shop for thousands of schedules, driven from synchronous code; each schedule has its own product."""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg

from chengtuan.gateways.sandbox import Sandbox
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.platform.loops import Loop
from tests.stateful.cuts import Cut, Scissors, scissors_at_hand
from tests.stateful.patience import in_time
from tests.support.crowd import gather_crowd
from tests.support.invariants import ALWAYS, violations_in
from tests.support.rows import empty_tables
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import Person, World, open_world

T = TypeVar("T")
MORNING = datetime.fromisoformat("2026-06-01T00:00:00+00:00")
ENGINE = ("trade", "payments")
"""The modules whose events and jobs are followed; the others' only pile up."""
PRICE = 10000
CROWD = 60
WAITS = (61, 960, 61, 3600, 61, 301, 3660, *(61, 3660) * 6)
"""How the time passes until a schedule has come to rest, seconds."""
_BUSY = """
    select 'a group is open' from trade.buy_group where status in ('draft', 'open')
    union all select 'an order waits' from trade.shop_order where status in ('pending_payment', 'refunding')
    union all select 'a hold waits' from trade.flash_hold where status = 'held'
    union all select 'a refund is under way' from trade.refund where status <> 'succeeded'
    union all select 'a payment is open' from payments.payment where status = 'pending'
    union all select 'an event waits: ' || coalesce(last_error, '') from trade.outbox
    union all select 'an event waits: ' || coalesce(last_error, '') from payments.outbox"""
_DUE = b"""
    select exists (select from trade.outbox where next_try_at <= %(now)s)
        or exists (select from payments.outbox where next_try_at <= %(now)s)
        or exists (select from trade.flash_hold where status = 'held')
        or exists (select from trade.shop_order where status = 'pending_payment' and pay_before <= %(now)s)
        or exists (select from trade.job where due_at <= %(now)s)
        or exists (select from payments.job where due_at <= %(now)s)"""
_FIGURES = b"""
    select 'groups ' || status, count(*) from trade.buy_group group by 1
    union all select 'orders ' || status, count(*) from trade.shop_order group by 1
    union all select 'holds ' || status, count(*) from trade.flash_hold group by 1
    union all select 'refunds ' || reason, count(*) from trade.refund group by 1
    union all select 'payments', count(*) from payments.payment where status = 'paid'
    union all select 'paid twice', count(*) from (
        select 1 from payments.payment where status = 'paid' group by payable_id having count(*) > 1) twice"""
_LEDGER_TABLES = ("notice", "refund", "trade", "fault", "shipping_info")


def _as_one(rules: dict[str, str]) -> str:
    """All rules in one statement, so that a check is one round trip and is planned once."""
    parts = [
        f"select {number} as rule, to_jsonb(broken)::text as row from ({query}) broken"
        for number, query in enumerate(rules.values())
    ]
    return " union all ".join(parts)


_NAMES = list(ALWAYS)
_ALWAYS = _as_one(ALWAYS).encode()


class GivenUp(Exception):
    """Whoever asked for schedules has no more time."""


@dataclass
class Playground:
    """`run` drives the application; nothing happens between two calls."""

    database_url: str
    world: World
    shop: Shop
    scissors: Scissors
    connection: psycopg.Connection[Any]
    runner: asyncio.Runner
    crowd: list[Buyer] = field(default_factory=list)
    dirty: bool = False
    given_up: threading.Event = field(default_factory=threading.Event)

    @property
    def sandbox(self) -> Sandbox:
        return cast("Sandbox", self.world.sandbox_app.state.sandbox)

    @property
    def clock(self) -> MovableClock:
        return self.world.clock

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        result = self.runner.run(work)
        if self.given_up.is_set():
            raise GivenUp("nobody waits for it any more")
        return result

    def step(self, work: Coroutine[Any, Any, T]) -> T | None:
        """One step and all it set off at the provider; None if a line was cut in it."""

        async def whole() -> T | None:
            result = None
            with contextlib.suppress(Cut):
                result = await work
            await self.quiesce()
            return result

        return self.run(in_time(whole()))

    async def quiesce(self) -> None:
        """What the provider has begun to tell is told to the end: a schedule is the same every time."""
        while running := list(self.sandbox.courier._in_flight.values()):
            await asyncio.gather(*running)

    async def work(self) -> None:
        """Events are relayed and jobs run that are due, until nothing is left to do now."""
        modules = [self.world.composition.running[name] for name in ENGINE]
        progress = 1  # an event behind one that failed is due, and waits for it all the same
        while progress and self._due():
            progress = 0
            for module in modules:
                progress += await module.relay.once() + await module.jobs.drain()
            progress += sum([await loop.once() for loop in self._loops()])

    def _loops(self) -> list[Loop]:
        """Those whose work somebody waits for: the shelf's is nobody's here."""
        return [loop for loop in self.world.composition.running["trade"].built.loops if loop.name != "shelf"]

    def _due(self) -> bool:
        row = self.connection.execute(_DUE, {"now": self.clock.now()}, prepare=True).fetchone()
        return bool(row and row[0])

    async def deliver(self) -> None:
        await self.sandbox.deliver_due()

    def always(self) -> list[str]:
        """Rules that hold after every step, broken."""
        rows = self.connection.execute(_ALWAYS, prepare=True).fetchall()
        return [f"{_NAMES[rule]}: {row}" for rule, row in rows]

    def once_settled(self) -> list[str]:
        """Everything, the provider's own books included."""
        ledger = self.run(self._ledger())
        return violations_in(self.connection, ledger=ledger)

    def busy(self) -> list[str]:
        rows = self.connection.execute(_BUSY.encode(), prepare=True).fetchall()
        return [row[0] for row in rows]

    def figures(self) -> Counter[str]:
        """What happened since the tables were emptied."""
        rows = self.connection.execute(_FIGURES).fetchall()
        return Counter(dict(rows)) + Counter({"lines cut": self.scissors.cuts})

    def refunds_stuck(self) -> list[str]:
        """Numbers of refunds that a person has to repair at the provider."""
        rows = self.sandbox.store.all("SELECT out_refund_no FROM refund WHERE status = 'ABNORMAL'")
        return [row["out_refund_no"] for row in rows]

    def take_people(self, count: int) -> list[Buyer]:
        if len(self.crowd) < count:
            now, keys = self.clock.now(), self.world.composition.keys
            members = gather_crowd(self.database_url, keys, CROWD, now, wechat=True)
            client = self.world.client
            self.crowd = [Buyer(self.shop, Person(client, m.token, m.id), str(m.address_id)) for m in members]
        return [self.crowd.pop() for _ in range(count)]

    def prolong_the_shift(self) -> None:
        """The owner stays signed in: a schedule may last longer than a working day."""
        until = self.clock.now() + timedelta(days=7)
        self.connection.execute("update accounts.session set expires_at = %s where kind = 'staff'", (until,))

    def clear(self) -> None:
        """An empty database and an empty ledger; the shop opens anew."""
        self.crowd.clear()
        self.sandbox.faults.clear()
        for table in _LEDGER_TABLES:
            self.sandbox.store.run(f"DELETE FROM {table}")
        empty_tables(self.database_url)
        self.shop = self.run(open_shop(self.world))
        self.dirty = False

    async def new_product(self) -> Shop:
        """The shop as seen by one schedule: with a product of its own."""
        catalog = cast("CatalogFacade", self.world.composition.facades[CatalogFacade])
        draft = ProductDraft(
            name={"en": "Pomelo"},
            summary={"en": "Sweet"},
            description={"en": "Sweet"},
            category_slug="fresh",
            images=["/media/products/pomelo-1.webp"],
            list_price_fen=None,
            skus=[SkuDraft(sku_id=None, name={"en": "2 pieces"}, solo_price_fen=PRICE)],
        )
        product = await catalog.add_product(merchant_id=self.shop.merchant_id, product=draft, demo=False, publish=True)
        await self.world.composition.running["catalog"].relay.once()
        sku_id = str(product.skus[0].sku_id)
        return Shop(self.world, self.shop.merchant, self.shop.merchant_id, str(product.product_id), sku_id, PRICE)

    async def _ledger(self) -> dict[str, Any]:
        return dict((await self.world.partner.get("/desk/api/ledger")).json())


@contextlib.contextmanager
def open_playground(database_url: str, folder: Path) -> Iterator[Playground]:
    """The whole system on a database of its own, in an event loop of its own."""
    empty_tables(database_url)
    with contextlib.ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        scissors = stack.enter_context(scissors_at_hand())
        connection = stack.enter_context(psycopg.connect(database_url, autocommit=True))
        opening = open_world(database_url, folder, MovableClock(MORNING))
        world = runner.run(opening.__aenter__())
        stack.callback(lambda: runner.run(opening.__aexit__(None, None, None)))
        world.sandbox_app.state.sandbox._watch._poll_s = 3600.0  # nothing happens behind the schedule's back
        shop = runner.run(open_shop(world))
        yield Playground(database_url, world, shop, scissors, connection, runner)


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
