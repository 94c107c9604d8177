"""Orders and seats that are taken, and whole joins with their payments."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from benchmarks.bare_database import Rows
from benchmarks.fill.shop import HOT_GROUP, SMALL_GROUP, Goods
from benchmarks.generator import Pace
from benchmarks.load.requests import post
from benchmarks.stage import Outcome, Place, Stage, joining, wish
from tests.support.crowd import Member

ORDERS_PER_SHOPPER = 5
"""As many unpaid orders as a shopper may have."""
_ORDERS_PER_S = 6000
_JOINS_PER_S = 600
"""More than can be reached: the shoppers must not run out while it is measured."""


def submit_order(stage: Stage) -> Outcome:
    """Everybody orders the same thing."""
    return _submit(stage, [stage.shop.hot])


def submit_order_spread(stage: Stage) -> Outcome:
    """Everybody orders one of many things."""
    return _submit(stage, stage.shop.many)


def join_seat(stage: Stage) -> Outcome:
    """Everybody takes a seat in the same large group; the next one when it is full."""
    places = stage.open_groups([stage.shop.hot], _hot_groups(orders(stage.pace)))
    return _take_seats(stage, [place for place in places for _ in range(HOT_GROUP - 1)], places[-1:])


def join_seat_spread(stage: Stage) -> Outcome:
    """Everybody takes a seat in one of very many small groups of many products."""
    places = stage.spread_groups()
    return _take_seats(stage, places * (SMALL_GROUP // 2), places)


def join_group(stage: Stage) -> Outcome:
    """Everybody joins the same large group and pays, until the order counts; the next one when it is full."""
    places = stage.open_groups([stage.shop.hot], _hot_groups(joins(stage.pace)))
    return _join(stage, [place for place in places for _ in range(HOT_GROUP - 1)], places[-1:])


def join_group_spread(stage: Stage) -> Outcome:
    """Everybody joins one of very many small groups of many products and pays, until the order counts."""
    places = stage.spread_groups()
    return _join(stage, places[::-1] * (SMALL_GROUP // 2 - 1), places)


def orders(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_ORDERS_PER_S * (pace.warmup_s + pace.seconds))


def joins(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_JOINS_PER_S * (pace.warmup_s + pace.seconds)) + pace.concurrency


def buyers(pace: Pace) -> int:
    """Who together make so many orders."""
    return orders(pace) // ORDERS_PER_SHOPPER + 1


def seat_takers(pace: Pace) -> int:
    return buyers(pace) + _hot_groups(orders(pace))


def joiners(pace: Pace) -> int:
    return joins(pace) + _hot_groups(joins(pace))


def _hot_groups(people: int) -> int:
    """Large groups that so many people can join."""
    return people // (HOT_GROUP - 1) + 1


def _submit(stage: Stage, goods: Sequence[Goods]) -> Outcome:
    shoppers = stage.shoppers(buyers(stage.pace))
    requests = [
        _order(shopper, wish(shopper, goods[(turn + number) % len(goods)], mode="solo"))
        for turn in range(ORDERS_PER_SHOPPER)
        for number, shopper in enumerate(shoppers)
    ]
    result = stage.generator.once(requests, stage.pace)
    return Outcome(result, [{"sku": str(each.sku_id)} for each in goods])


def _take_seats(stage: Stage, seats: Sequence[Place], bare: Sequence[Place]) -> Outcome:
    shoppers = stage.shoppers(buyers(stage.pace))
    takers = (shopper for _ in range(ORDERS_PER_SHOPPER) for shopper in shoppers)
    pairs = dict.fromkeys(zip(takers, seats, strict=False))  # nobody twice in a group
    requests = [_order(shopper, joining(shopper, place)) for shopper, place in pairs]
    return Outcome(stage.generator.once(requests, stage.pace), _rows_of(bare))


def _join(stage: Stage, seats: Sequence[Place], bare: Sequence[Place]) -> Outcome:
    wanting = [
        {"token": shopper.token, "wish": joining(shopper, place)}
        for shopper, place in zip(stage.shoppers(joins(stage.pace)), seats, strict=False)
    ]
    return Outcome(stage.generator.purchase(wanting, stage.pace), _rows_of(bare))


def _order(shopper: Member, body: dict[str, Any]) -> bytes:
    return post("/api/v1/trade/orders", body, shopper.token, str(uuid4()))


def _rows_of(places: Iterable[Place]) -> list[Rows]:
    """One set of rows for each of the goods, with all of its groups."""
    groups: dict[Goods, list[str]] = {}
    for place in places:
        groups.setdefault(place.goods, []).append(place.group_id)
    return [
        {"campaign": str(goods.campaign_id), "sku": str(goods.sku_id), "group": ids} for goods, ids in groups.items()
    ]
