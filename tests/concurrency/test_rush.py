"""Hundreds at once for the last of something: exactly that many get it (rules 2, 7, 8)."""

from collections import Counter
from uuid import uuid4

import httpx
import pytest

from tests.concurrency.stage import Stage, another_product, outcomes, rush
from tests.support.invariants import violations

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]
CROWD = 200


def _one_door(stage: Stage) -> Stage:
    return Stage(stage.shop, stage.database_url, stage.doors[:1])


def _sound(stage: Stage) -> None:
    assert violations(stage.database_url, settled=False) == []


@pytest.mark.parametrize("instances", [1, 2])
async def test_the_last_seat_goes_to_one(stage: Stage, instances: int) -> None:
    stage = stage if instances == 2 else _one_door(stage)
    campaign = await stage.shop.campaign([3], [7000])
    group_id = await stage.open_group(campaign, paid=2)
    answers = await rush(*(buyer.try_order("join", group_id=group_id) for buyer in stage.crowd(CROWD)))
    assert outcomes(answers) == {"201": 1, "trade/group-full": CROWD - 1}
    assert stage.rows("select locked, paid from trade.buy_group where id = %s", group_id) == [(3, 2)]
    _sound(stage)


@pytest.mark.parametrize("instances", [1, 2])
@pytest.mark.feature("F51")
async def test_the_last_unit_goes_to_one(stage: Stage, instances: int) -> None:
    stage = stage if instances == 2 else _one_door(stage)
    await stage.shop.set_stock(1)
    answers = await rush(*(buyer.try_order("solo") for buyer in stage.crowd(CROWD)))
    assert outcomes(answers) == {"201": 1, "trade/sold-out": CROWD - 1}
    assert await stage.shop.stock() == {"sku_id": stage.shop.sku_id, "on_hand": 1, "available": 0, "reserved": 1}
    _sound(stage)


@pytest.mark.parametrize("instances", [1, 2])
@pytest.mark.feature("F29", "F44", "F51")
async def test_a_mixed_rush_on_one_product_sells_exactly_what_there_is(stage: Stage, instances: int) -> None:
    """200 orders: 60 alone, 20 into an open group, 120 new groups by 40 people who may have two each."""
    stage = stage if instances == 2 else _one_door(stage)
    shop = stage.shop
    campaign = await shop.campaign([20], [7000], stock_cap=50, per_user_limit=2)
    group_id = await stage.open_group(campaign, paid=1)
    await shop.set_stock(101)  # one is held by the group's initiator: 100 are left
    alone, joining, opening = stage.crowd(60), stage.crowd(20), stage.crowd(40)
    answers = await rush(
        *(buyer.try_order("open", campaign_id=campaign["id"]) for _ in range(3) for buyer in opening),
        *(buyer.try_order("join", group_id=group_id) for buyer in joining),
        *(buyer.try_order("solo") for buyer in alone),
    )
    told = outcomes(answers)
    assert told["201"] + told["trade/sold-out"] + told["trade/purchase-limit"] + told["trade/group-full"] == 200, told
    [(cap, taken)] = stage.rows("select cap, taken from trade.activity")
    [(in_groups, by_themselves)] = stage.rows(
        "select count(*) filter (where kind = 'group'), count(*) filter (where kind = 'solo') from trade.shop_order"
    )
    assert taken == in_groups <= cap
    assert in_groups + by_themselves == told["201"] + 1
    # demand exceeds both limits, so either the cap or the stock is used up to the last unit
    assert (await shop.stock())["available"] == 101 - in_groups - by_themselves
    assert taken == cap or (await shop.stock())["available"] == 0
    most = stage.rows("select max(n) from (select count(*) as n from trade.shop_order group by user_id) as per_user")
    assert most == [(2,)]
    _sound(stage)


@pytest.mark.parametrize("instances", [1, 2])
async def test_one_key_twenty_times_is_one_order(stage: Stage, instances: int) -> None:
    stage = stage if instances == 2 else _one_door(stage)
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    key = buyer.person.id
    answers = await rush(*(apps[n % len(apps)].try_order("solo", key=key) for n in range(20)))
    assert outcomes(answers) == {"201": 20}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert stage.rows("select count(*), sum(quantity) from trade.order_line") == [(1, 1)]
    _sound(stage)


async def test_one_key_for_different_wishes_is_one_order_and_a_conflict(stage: Stage) -> None:
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    key = buyer.person.id
    answers = await rush(*(apps[n % 2].try_order("solo", key=key, quantity=1 + n % 2) for n in range(20)))
    told = outcomes(answers)
    assert told == {"201": 10, "trade/idempotency-conflict": 10}
    assert stage.rows("select count(*) from trade.shop_order") == [(1,)]
    _sound(stage)


async def test_one_key_for_two_products_at_once_is_one_order(stage: Stage) -> None:
    """Different products share no lane and no locked row: only the lock on the buyer sees both."""
    other = await another_product(stage.shop)
    [buyer] = stage.crowd(1)
    for _ in range(5):
        key = uuid4()
        answers = await rush(*(buyer.try_order("solo", key=key, sku_id=sku) for sku in (stage.shop.sku_id, other)))
        assert outcomes(answers) == {"201": 1, "trade/idempotency-conflict": 1}
        order = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
        await buyer.person.post(f"/api/v1/trade/orders/{order}/cancel")
    _sound(stage)


@pytest.mark.parametrize("instances", [1, 2])
async def test_one_person_takes_one_seat_however_often_they_ask(stage: Stage, instances: int) -> None:
    stage = stage if instances == 2 else _one_door(stage)
    campaign = await stage.shop.campaign([30], [7000])
    group_id = await stage.open_group(campaign, paid=1)
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    answers = await rush(*(apps[n % len(apps)].try_order("join", group_id=group_id) for n in range(20)))
    assert outcomes(answers) == {"201": 1, "trade/already-in-group": 19}
    _sound(stage)


async def test_nobody_is_lost_when_many_pay_at_once(stage: Stage) -> None:
    """Forty groups of two fill and form at the same time; everything paid is in order, here and there."""
    shop, world = stage.shop, stage.shop.world
    campaign = await shop.campaign([2], [7000])
    firsts, seconds = stage.crowd(40), stage.crowd(40)
    opened = [a.json() for a in await rush(*(b.try_order("open", campaign_id=campaign["id"]) for b in firsts))]
    await rush(*(b.pay(order["id"], settle=False) for b, order in zip(firsts, opened, strict=True)))
    await world.settle()
    joined = await rush(*(b.try_order("join", group_id=o["group_id"]) for b, o in zip(seconds, opened, strict=True)))
    assert outcomes(joined) == {"201": 40}
    await rush(*(b.pay(a.json()["id"], settle=False) for b, a in zip(seconds, joined, strict=True)))
    await world.settle()
    assert stage.rows("select status, count(*) from trade.buy_group group by 1") == [("succeeded", 40)]
    ledger = (await world.partner.get("/desk/api/ledger")).json()
    assert violations(stage.database_url, ledger=ledger) == []


async def test_paying_cancelling_and_expiring_at_once_leaves_one_outcome(stage: Stage) -> None:
    """Twenty orders are paid, cancelled and run out at the same instant (rule 3)."""
    world = stage.shop.world
    buyers = stage.crowd(20)
    orders = [a.json()["id"] for a in await rush(*(buyer.try_order("solo") for buyer in buyers))]
    hand_overs = await rush(*(b.hand_over(order) for b, order in zip(buyers, orders, strict=True)))
    answers: list[httpx.Response | str] = list(
        await rush(
            *(b.pay_at(where) for b, where in zip(buyers, hand_overs, strict=True)),
            *(b.person.post(f"/api/v1/trade/orders/{order}/cancel") for b, order in zip(buyers, orders, strict=True)),
            *(b.person.post(f"/api/v1/trade/orders/{order}/sync") for b, order in zip(buyers, orders, strict=True)),
        )
    )
    codes = Counter(a.status_code for a in answers if isinstance(a, httpx.Response))
    assert set(codes) <= {200, 409, 503}, codes
    await world.settle()
    ledger = (await world.partner.get("/desk/api/ledger")).json()
    assert violations(stage.database_url, ledger=ledger) == []
