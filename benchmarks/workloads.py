"""What is measured: each workload drives the running server and names the rows it is about."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

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
MANY_PRODUCTS = 64
MANY_GROUPS = 64


@dataclass
class Stage:
    """What a workload works with. `prepared` counts the paid orders that were only made to be joined or read."""

    shop: Shop
    generator: Generator
    pace: Pace
    prepared: int = 0

    def prepare(self, buyers: list[dict[str, Any]]) -> list[str]:
        """Purchases before the measurement; the groups they are in."""
        result = self.generator.purchase(buyers, Pace(min(len(buyers), 16), 0, None))
        self.prepared += len(buyers)
        return result.groups

    def shoppers(self, count: int) -> list[Shopper]:
        return list(islice(self.shop.shoppers, count))


@dataclass(frozen=True)
class Outcome:
    """A measurement, and the rows that the bare database is measured on: one set of them, or many."""

    result: Result
    rows: list[dict[str, str]]


Measure = Callable[[Stage], Outcome]


def product_read(stage: Stage) -> Outcome:
    """The page of one product."""
    product_id = str(stage.shop.hot.product_id)
    result = stage.generator.repeat([get(f"/api/v1/catalog/products/{product_id}")], stage.pace)
    return Outcome(result, [{"product": product_id}])


def group_read(stage: Stage) -> Outcome:
    """The page of a group that twenty people have paid for."""
    group_id = _open_groups(stage, stage.shop.hot, 1)[0]
    buyers = _joiners(stage.shoppers(READ_GROUP_MEMBERS - 1), stage.shop.hot, [group_id])
    stage.prepare(buyers)
    result = stage.generator.repeat([get(f"/api/v1/trade/groups/{group_id}")], stage.pace)
    return Outcome(result, [{"group": group_id}])


def submit_order(stage: Stage) -> Outcome:
    """Everybody orders the same thing."""
    return _submit(stage, [stage.shop.hot])


def submit_order_spread(stage: Stage) -> Outcome:
    """Everybody orders one of many things."""
    return _submit(stage, stage.shop.many)


def join_group(stage: Stage) -> Outcome:
    """Everybody joins the same large group and pays, until the order counts; the next one when it is full."""
    shoppers = stage.shoppers(joins(stage.pace))
    groups = _open_groups(stage, stage.shop.hot, len(shoppers) // (HOT_GROUP - 1) + 1)
    in_turn = [group for group in groups for _ in range(HOT_GROUP - 1)]
    return _join(stage, shoppers, stage.shop.hot, in_turn)


def join_group_spread(stage: Stage) -> Outcome:
    """Everybody joins one of many small groups and pays, until the order counts."""
    shoppers = stage.shoppers(joins(stage.pace))
    groups = _open_groups(stage, stage.shop.small, len(shoppers) // (SMALL_GROUP - 1) + 1)
    return _join(stage, shoppers, stage.shop.small, groups * (SMALL_GROUP - 1))


WORKLOADS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (product_read, group_read, submit_order, submit_order_spread, join_group, join_group_spread)
}


def orders(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_ORDERS_PER_S * (pace.warmup_s + pace.seconds))


def joins(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_JOINS_PER_S * (pace.warmup_s + pace.seconds)) + pace.concurrency


def shoppers_needed(names: Iterable[str], pace: Pace) -> int:
    """How many people the chosen workloads use up."""
    needs = {
        "group_read": READ_GROUP_MEMBERS,
        "submit_order": orders(pace) // ORDERS_PER_SHOPPER + 1,
        "submit_order_spread": orders(pace) // ORDERS_PER_SHOPPER + 1,
        "join_group": joins(pace) + joins(pace) // (HOT_GROUP - 1) + 1,
        "join_group_spread": joins(pace) + joins(pace) // (SMALL_GROUP - 1) + 1,
    }
    return sum(needs.get(name, 0) for name in names)


def _submit(stage: Stage, goods: Sequence[Goods]) -> Outcome:
    shoppers = stage.shoppers(orders(stage.pace) // ORDERS_PER_SHOPPER + 1)
    requests = [
        _order(shopper, goods[(turn + number) % len(goods)])
        for turn in range(ORDERS_PER_SHOPPER)
        for number, shopper in enumerate(shoppers)
    ]
    result = stage.generator.once(requests, stage.pace)
    return Outcome(result, [{"sku": str(each.sku_id)} for each in goods])


def _order(shopper: Shopper, goods: Goods) -> bytes:
    return post("/api/v1/trade/orders", _wish(shopper, goods, mode="solo"), shopper.token, str(uuid4()))


def _wish(shopper: Shopper, goods: Goods, **wish: Any) -> dict[str, Any]:
    return {"sku_id": str(goods.sku_id), "quantity": 1, "address_id": str(shopper.address_id)} | wish


def _open_groups(stage: Stage, goods: Goods, count: int) -> list[str]:
    """Groups whose initiators have paid."""
    buyers = [
        {"token": shopper.token, "wish": _wish(shopper, goods, mode="open", campaign_id=str(goods.campaign_id))}
        for shopper in stage.shoppers(count)
    ]
    return stage.prepare(buyers)


def _joiners(shoppers: Sequence[Shopper], goods: Goods, groups: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "token": shopper.token,
            "wish": _wish(shopper, goods, mode="join", group_id=groups[number % len(groups)]),
        }
        for number, shopper in enumerate(shoppers)
    ]


def _join(stage: Stage, shoppers: Sequence[Shopper], goods: Goods, groups: Sequence[str]) -> Outcome:
    result = stage.generator.purchase(_joiners(shoppers, goods, groups), stage.pace)
    place = {"campaign": str(goods.campaign_id), "sku": str(goods.sku_id)}
    bare = groups[-1:] if goods == stage.shop.hot else groups[:MANY_GROUPS]
    return Outcome(result, [place | {"group": group} for group in bare])
