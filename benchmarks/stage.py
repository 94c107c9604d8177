"""What workloads work with, and what they tell."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg

from benchmarks.bare_database import Rows
from benchmarks.cost import Cost
from benchmarks.fill.copies import Copy, copy_orders
from benchmarks.fill.shop import Goods, Shop
from benchmarks.generator import Generator, Pace
from benchmarks.load.meter import Result
from chengtuan.kernel.ids import new_id
from tests.support.crowd import Member

_QUIET_S = 120.0
_WAITING = (
    "select (select count(*) from trade.flash_hold where status = 'held')"
    " + (select count(*) from trade.outbox) + (select count(*) from payments.outbox)"
    " + (select count(*) from trade.shelf_mark)"
    " + (select count(*) from messaging.notice where status = 'waiting')"
)
_DUE = " + (select count(*) from {}.job where due_at <= now() + interval '1 second' and dead_at is null)"
_WITH_JOBS = ("trade", "payments", "fulfilment", "messaging")


class NotPrepared(Exception):
    """What a measurement begins with could not be had; the message says what was answered."""


class NeverQuiet(Exception):
    """Work in the background does not end."""


@dataclass(frozen=True)
class Sizes:
    """`groups` that are joined where joins are spread, and paid `orders` that the merchant has for the console."""

    groups: int
    orders: int


@dataclass(frozen=True)
class Place:
    """A group that can be joined; `order_id` is an initiator's of the same goods, which can be copied."""

    goods: Goods
    group_id: str
    order_id: str


@dataclass(frozen=True)
class Outcome:
    """A measurement, and the rows that the bare database is measured on: one set of them, or many.

    Where a set names several rows for a word, each transaction takes one of them by chance. `made`: how many there are
    of what the workload makes, if not as many as units; `units`: what one answer or transaction is worth.
    `costs` are those of the load with what follows it, by what is added to the workload's name.
    """

    result: Result
    rows: list[Rows] = field(default_factory=list)
    made: int | None = None
    units: int = 1
    costs: Mapping[str, Cost] = field(default_factory=dict)


@dataclass
class Stage:
    """`prepared` counts the paid orders that were only made to be joined or read; `filled`: the console's are there."""

    shop: Shop
    generator: Generator
    pace: Pace
    sizes: Sizes
    database_url: str
    prepared: int = 0
    spread: list[Place] = field(default_factory=list)
    filled: bool = False

    def shoppers(self, count: int) -> list[Member]:
        return list(islice(self.shop.shoppers, count))

    def buy(self, buyers: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """Purchases before the measurement: orders and groups, in the order of the buyers. Raises NotPrepared."""
        result = self.generator.purchase(buyers, Pace(min(len(buyers), self.pace.concurrency), 0, None))
        if len(result.bought) != len(buyers):
            raise NotPrepared(result.answers)
        self.prepared += len(buyers)
        return [(order, group) for order, group in result.bought]

    def copy(self, copies: Sequence[Copy]) -> None:
        copy_orders(self.database_url, copies)
        self.prepared += len(copies)

    def open_groups(self, goods: Sequence[Goods], count: int) -> list[Place]:
        """Groups whose initiators have paid, of each of the goods in turn: the first of each through the product."""
        people = self.shoppers(count)
        sold = [goods[number % len(goods)] for number in range(count)]
        first = list(zip(people, sold, strict=True))[: len(goods)]
        bought = self.buy(
            [
                {"token": who.token, "wish": wish(who, what, mode="open", campaign_id=str(what.campaign_id))}
                for who, what in first
            ]
        )
        places = [Place(what, group, order) for (_, what), (order, group) in zip(first, bought, strict=True)]
        copies = [
            Copy(places[number % len(goods)].order_id, people[number], new_id(), opens=True)
            for number in range(len(places), count)
        ]
        self.copy(copies)
        others = zip(sold[len(places) :], copies, strict=True)
        return places + [Place(what, str(each.group_id), each.of) for what, each in others]

    def spread_groups(self) -> list[Place]:
        """Many small groups, of each product as many; opened once, with room for all workloads."""
        if not self.spread:
            self.spread = self.open_groups(self.shop.many, self.sizes.groups)
        return self.spread

    def until_quiet(self) -> None:
        """Everything that was due has been done. Raises NeverQuiet."""
        question = _WAITING + "".join(_DUE.format(schema) for schema in _WITH_JOBS)
        give_up = time.monotonic() + _QUIET_S
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            while (row := connection.execute(question.encode()).fetchone()) != (0,):
                if time.monotonic() > give_up:
                    raise NeverQuiet(row)
                time.sleep(0.05)


def wish(shopper: Member, goods: Goods, **more: Any) -> dict[str, Any]:
    """The body of an order."""
    return {"sku_id": str(goods.sku_id), "quantity": 1, "address_id": str(shopper.address_id)} | more


def joining(shopper: Member, place: Place) -> dict[str, Any]:
    return wish(shopper, place.goods, mode="join", group_id=place.group_id)
