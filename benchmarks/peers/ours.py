"""The same of our own product, on the same database server and under the same pace."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from uuid import uuid4

import psycopg

from benchmarks.fill.shop import ON_HAND, Goods, Shop, a_delivery, fill_shop
from benchmarks.generator import Generator, Pace
from benchmarks.load.requests import get, post
from benchmarks.peers.measure import Crowd, Measured
from benchmarks.peers.peer import CROWD, DETAIL, LIST, ORDER, PRODUCTS, STOCK
from benchmarks.system import System
from chengtuan.apps.composition import Composition
from chengtuan.kernel.clock import SystemClock
from chengtuan.modules.trade.stock.rows.ledger import book_for_person

TITLE = "Chengtuan"
_ORDERS_EACH = 5
"""As many unpaid orders as a shopper may have."""
_ORDERS_PER_S = 6000
"""More than can be reached: the shoppers must not run out while it is measured."""
_ORDERS = "/api/v1/trade/orders"


@dataclass
class Ours:
    """A shop of ours that runs, as `make bench` runs it: one worker."""

    system: System
    shop: Shop
    generator: Generator

    def measure(self, paces: list[Pace]) -> dict[str, Measured]:
        """The best of the paces at each workload."""
        found = [self._at(pace) for pace in paces]
        return {name: max((each[name] for each in found), key=lambda one: one.rps) for name in found[0]}

    def _at(self, pace: Pace) -> dict[str, Measured]:
        reads = {
            DETAIL: [get(f"/api/v1/catalog/products/{self.shop.hot.product_id}")],
            LIST: [get("/api/v1/trade/listings?sort=popular&limit=20")],
        }
        found = {name: self._read(requests, pace) for name, requests in reads.items()}
        assert pace.seconds is not None
        found[ORDER] = self._measured(
            self._orders(self.shop.hot, int(_ORDERS_PER_S * (pace.warmup_s + pace.seconds))), pace, once=True
        )
        return found

    def _read(self, requests: list[bytes], pace: Pace) -> Measured:
        """With the size of one answer."""
        one = self.generator.once(requests, Pace(1, 0, None), keep=True).bodies[0]
        return replace(self._measured(requests, pace, once=False), bytes=len(one.encode()))

    def _measured(self, requests: list[bytes], pace: Pace, *, once: bool) -> Measured:
        drive = self.generator.once if once else self.generator.repeat
        result = drive(requests, pace)
        cost = self.generator.cost
        assert cost is not None
        return Measured(
            arrangement="1 worker",
            concurrency=pace.concurrency,
            rps=result.rps,
            p50_ms=result.p50_ms,
            p99_ms=result.p99_ms,
            answers=result.answers,
            server_ms=cost.server_ms,
            postgres_ms=cost.postgres_ms + cost.background_ms,
            bytes=0,
            statements=cost.statements,
        )

    def _orders(self, goods: Goods, count: int, each: int = _ORDERS_EACH) -> list[bytes]:
        people = list(islice(self.shop.shoppers, count // each + 1))
        wishes = [
            (who.token, {"sku_id": str(goods.sku_id), "quantity": 1, "address_id": str(who.address_id), "mode": "solo"})
            for _ in range(each)
            for who in people
        ]
        return [post(_ORDERS, wish, token, str(uuid4())) for token, wish in wishes[:count]]

    def crowd(self) -> Crowd:
        """As many units as the peers have, and as many buyers, all at once."""
        goods = self.shop.many[-1]
        asyncio.run(self._take_away(goods))
        result = self.generator.once(self._orders(goods, CROWD, each=1), Pace(CROWD, 0, None))
        query = (
            "select (select sum(quantity)::bigint from trade.order_line where sku_id = %(sku)s),"
            " sum(reserved)::bigint, sum(available)::bigint from trade.stock where sku_id = %(sku)s"
        )
        with psycopg.connect(self.system.database_url) as connection:
            row = connection.execute(query, {"sku": goods.sku_id}).fetchone()
        assert row
        sold, allocated, left = (int(value or 0) for value in row)
        told = result.answers
        seconds = sum(told.values()) / max(result.rps, 1e-9)
        return Crowd(STOCK, CROWD, told.get("ok", 0), sold, allocated, left, seconds, told)

    async def _take_away(self, goods: Goods) -> None:
        names = [manifest.name for manifest in Composition.manifests]
        composition = Composition(environ=self.system.environment, clock=SystemClock(), modules=names)
        async with composition.open(), composition.running["trade"].database.write() as tx:
            await book_for_person(tx, a_delivery(goods.sku_id), STOCK - ON_HAND, tx.clock.now())


@contextmanager
def running(system: System, paces: list[Pace], rounds: int) -> Iterator[Ours]:
    """With as many shoppers as so many rounds of measuring want."""
    seconds = sum(pace.warmup_s + (pace.seconds or 0) for pace in paces)
    people = int(rounds * (_ORDERS_PER_S * seconds / _ORDERS_EACH + len(paces))) + CROWD + 2
    print(f"filling a shop of ours with {PRODUCTS} products and {people} shoppers …", flush=True)
    shop = asyncio.run(fill_shop(system.environment, shoppers=people, many=PRODUCTS - 1, sales=0))
    with system.processes() as gauge:
        yield Ours(system, shop, Generator(system.data, system.port, system.sandbox_port, gauge))
