"""What is measured: each workload drives the running server and names the rows it is about."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

from benchmarks.bare_database import Rows
from benchmarks.generator import Generator, Pace
from benchmarks.load.meter import Result
from benchmarks.load.requests import get, post
from benchmarks.shop import HOT_GROUP, SMALL_GROUP, Goods, Shop, Shopper

ORDERS_PER_SHOPPER = 5
"""As many unpaid orders as a shopper may have."""
_ORDERS_PER_S = 6000
_JOINS_PER_S = 600
"""More than can be reached: the shoppers must not run out while it is measured."""
READ_GROUP_MEMBERS = 20
_LISTINGS = "/api/v1/trade/listings"
MANY_PRODUCTS = 64
_SPREAD = ("join_seat_spread", "join_group_spread")


class NotPrepared(Exception):
    """Not everybody could buy what the measurement begins with; the message counts the answers."""


@dataclass
class Stage:
    """What a workload works with. `prepared` counts the paid orders that were only made to be joined or read."""

    shop: Shop
    generator: Generator
    pace: Pace
    many_groups: int
    prepared: int = 0
    spread: list["Place"] = field(default_factory=list)

    def prepare(self, buyers: list[dict[str, Any]]) -> list[str]:
        """Purchases before the measurement; the groups they are in, in the order of the buyers. Raises NotPrepared."""
        result = self.generator.purchase(buyers, Pace(min(len(buyers), self.pace.concurrency), 0, None))
        if len(result.groups) != len(buyers):
            raise NotPrepared(result.answers)
        self.prepared += len(buyers)
        return result.groups

    def shoppers(self, count: int) -> list[Shopper]:
        return list(islice(self.shop.shoppers, count))

    def hot_groups(self, joiners: int) -> list["Place"]:
        """So many large groups of one product that so many people can join."""
        return self._open([self.shop.hot], joiners // (HOT_GROUP - 1) + 1)

    def spread_groups(self) -> list["Place"]:
        """Many small groups, of each product as many; opened once, with room for all workloads."""
        if not self.spread:
            self.spread = self._open(self.shop.many, self.many_groups)
        return self.spread

    def _open(self, goods: Sequence[Goods], count: int) -> list["Place"]:
        """Groups whose initiators have paid, of each of the goods in turn."""
        sold = [goods[number % len(goods)] for number in range(count)]
        buyers = [
            {"token": who.token, "wish": _wish(who, what, mode="open", campaign_id=str(what.campaign_id))}
            for who, what in zip(self.shoppers(count), sold, strict=True)
        ]
        return [Place(what, group) for what, group in zip(sold, self.prepare(buyers), strict=True)]


@dataclass(frozen=True)
class Place:
    """A group that can be joined."""

    goods: Goods
    group_id: str


@dataclass(frozen=True)
class Outcome:
    """A measurement, and the rows that the bare database is measured on: one set of them, or many.

    Where a set names several rows for a word, each transaction takes one of them by chance.
    """

    result: Result
    rows: list[Rows]


Measure = Callable[[Stage], Outcome]


def home_read(stage: Stage) -> Outcome:
    """The first page of the shelf, as the shop asks for it."""
    return Outcome(stage.generator.repeat([get(f"{_LISTINGS}?sort=popular&limit=20")], stage.pace), [{}])


def search_read(stage: Stage) -> Outcome:
    """The first page of what is found by a word."""
    return Outcome(stage.generator.repeat([get(f"{_LISTINGS}?sort=popular&q=pomelo&limit=20")], stage.pace), [{}])


def product_read(stage: Stage) -> Outcome:
    """The page of one product."""
    product_id = str(stage.shop.hot.product_id)
    result = stage.generator.repeat([get(f"/api/v1/catalog/products/{product_id}")], stage.pace)
    return Outcome(result, [{"product": product_id}])


def group_read(stage: Stage) -> Outcome:
    """The page of a group that twenty people have paid for."""
    place = stage.hot_groups(READ_GROUP_MEMBERS)[0]
    shoppers = stage.shoppers(READ_GROUP_MEMBERS - 1)
    stage.prepare([{"token": who.token, "wish": _joining(who, place)} for who in shoppers])
    result = stage.generator.repeat([get(f"/api/v1/trade/groups/{place.group_id}")], stage.pace)
    return Outcome(result, [{"group": place.group_id}])


def submit_order(stage: Stage) -> Outcome:
    """Everybody orders the same thing."""
    return _submit(stage, [stage.shop.hot])


def submit_order_spread(stage: Stage) -> Outcome:
    """Everybody orders one of many things."""
    return _submit(stage, stage.shop.many)


def join_seat(stage: Stage) -> Outcome:
    """Everybody takes a seat in the same large group; the next one when it is full."""
    places = stage.hot_groups(orders(stage.pace))
    return _take_seats(stage, [place for place in places for _ in range(HOT_GROUP - 1)], places[-1:])


def join_seat_spread(stage: Stage) -> Outcome:
    """Everybody takes a seat in one of very many small groups of many products."""
    places = stage.spread_groups()
    return _take_seats(stage, places * (SMALL_GROUP // 2), places)


def join_group(stage: Stage) -> Outcome:
    """Everybody joins the same large group and pays, until the order counts; the next one when it is full."""
    places = stage.hot_groups(joins(stage.pace))
    return _join(stage, [place for place in places for _ in range(HOT_GROUP - 1)], places[-1:])


def join_group_spread(stage: Stage) -> Outcome:
    """Everybody joins one of very many small groups of many products and pays, until the order counts."""
    places = stage.spread_groups()
    return _join(stage, places[::-1] * (SMALL_GROUP // 2 - 1), places)


WORKLOADS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        home_read,
        search_read,
        product_read,
        group_read,
        submit_order,
        submit_order_spread,
        join_seat,
        join_seat_spread,
        join_group,
        join_group_spread,
    )
}


def orders(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_ORDERS_PER_S * (pace.warmup_s + pace.seconds))


def joins(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_JOINS_PER_S * (pace.warmup_s + pace.seconds)) + pace.concurrency


def shoppers_needed(names: Collection[str], pace: Pace, many_groups: int) -> int:
    """How many people the chosen workloads use up."""
    buyers, joiners = orders(pace) // ORDERS_PER_SHOPPER + 1, joins(pace)
    needs = {
        "group_read": READ_GROUP_MEMBERS,
        "submit_order": buyers,
        "submit_order_spread": buyers,
        "join_seat": buyers + orders(pace) // (HOT_GROUP - 1) + 1,
        "join_seat_spread": buyers,
        "join_group": joiners + joiners // (HOT_GROUP - 1) + 1,
        "join_group_spread": joiners,
    }
    initiators = many_groups if any(name in _SPREAD for name in names) else 0
    return sum(needs.get(name, 0) for name in names) + initiators


def _submit(stage: Stage, goods: Sequence[Goods]) -> Outcome:
    shoppers = stage.shoppers(orders(stage.pace) // ORDERS_PER_SHOPPER + 1)
    requests = [
        _order(shopper, _wish(shopper, goods[(turn + number) % len(goods)], mode="solo"))
        for turn in range(ORDERS_PER_SHOPPER)
        for number, shopper in enumerate(shoppers)
    ]
    result = stage.generator.once(requests, stage.pace)
    return Outcome(result, [{"sku": str(each.sku_id)} for each in goods])


def _take_seats(stage: Stage, seats: Sequence[Place], bare: Sequence[Place]) -> Outcome:
    shoppers = stage.shoppers(orders(stage.pace) // ORDERS_PER_SHOPPER + 1)
    takers = (shopper for _ in range(ORDERS_PER_SHOPPER) for shopper in shoppers)
    pairs = dict.fromkeys(zip(takers, seats, strict=False))  # nobody twice in a group
    requests = [_order(shopper, _joining(shopper, place)) for shopper, place in pairs]
    return Outcome(stage.generator.once(requests, stage.pace), _rows_of(bare))


def _join(stage: Stage, seats: Sequence[Place], bare: Sequence[Place]) -> Outcome:
    shoppers = stage.shoppers(joins(stage.pace))
    buyers = [
        {"token": shopper.token, "wish": _joining(shopper, place)}
        for shopper, place in zip(shoppers, seats, strict=False)
    ]
    return Outcome(stage.generator.purchase(buyers, stage.pace), _rows_of(bare))


def _order(shopper: Shopper, wish: dict[str, Any]) -> bytes:
    return post("/api/v1/trade/orders", wish, shopper.token, str(uuid4()))


def _joining(shopper: Shopper, place: Place) -> dict[str, Any]:
    return _wish(shopper, place.goods, mode="join", group_id=place.group_id)


def _wish(shopper: Shopper, goods: Goods, **wish: Any) -> dict[str, Any]:
    return {"sku_id": str(goods.sku_id), "quantity": 1, "address_id": str(shopper.address_id)} | wish


def _rows_of(places: Iterable[Place]) -> list[Rows]:
    """One set of rows for each of the goods, with all of its groups."""
    groups: dict[Goods, list[str]] = {}
    for place in places:
        groups.setdefault(place.goods, []).append(place.group_id)
    return [
        {"campaign": str(goods.campaign_id), "sku": str(goods.sku_id), "group": ids} for goods, ids in groups.items()
    ]
