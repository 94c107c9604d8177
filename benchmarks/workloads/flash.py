"""Flash sales: units that are held, people who are refused, and holds of which orders are made.

The installation's pace is set so high (`system.py`) that nobody waits for a turn or has to work for it: what is
measured is how many could be let in. Tickets are asked for as clients do it; where only holds are measured, before.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.fill.shop import Goods
from benchmarks.generator import Pace
from benchmarks.load.flash import shown
from benchmarks.load.requests import post
from benchmarks.stage import NotPrepared, Outcome, Stage, wish
from tests.support.crowd import Member

_HOLDS_PER_S, _OF_ALL = 150, 8000
_ORDERS_PER_S = 40
"""Of one connection. Where it is more, people run out, and the rate is over the time that there were some."""
_REFUSED = 256
_HELD = 1000
_PLENTY = 1_000_000
_AT_ONCE = 256
_SALES = "/api/v1/trade/flash-sales"


def flash_hold(stage: Stage) -> Outcome:
    """Everybody holds a unit of the same sale. Orders are made of the holds meanwhile, by the same server."""
    sale_id, goods = _open_sale(stage, _PLENTY)
    requests = _holds(stage, sale_id, goods, stage.shoppers(holds(stage.pace)))
    result = stage.generator.once(requests, stage.pace)
    with_orders = stage.generator.followed_by(stage.until_quiet)
    return Outcome(result, [{"sale": sale_id, "sku": str(goods.sku_id)}], costs={" + order": with_orders})


def flash_refuse(stage: Stage) -> Outcome:
    """Everything is held by others: people with tickets from before are told."""
    sale_id, goods = _open_sale(stage, _HELD)
    requests = _holds(stage, sale_id, goods, stage.shoppers(_HELD + _REFUSED))
    return _refused(stage, requests[:_HELD], requests[_HELD:])


def flash_refuse_share(stage: Stage) -> Outcome:
    """Who asks for more has their share already."""
    sale_id, goods = _open_sale(stage, _PLENTY)
    people = stage.shoppers(_REFUSED)
    first, more = (_holds(stage, sale_id, goods, people) for _ in range(2))
    return _refused(stage, first, more)


def submit_flash(stage: Stage) -> Outcome:
    """Everybody asks for a ticket, holds a unit, and waits until there is an order of it."""
    sale_id, goods = _open_sale(stage, _PLENTY)
    buyers = [
        {"token": who.token, "wish": wish(who, goods, sale_id=sale_id)} for who in stage.shoppers(orders(stage.pace))
    ]
    return Outcome(stage.generator.flash(buyers, stage.pace), [{"sale": sale_id, "sku": str(goods.sku_id)}])


def holds(pace: Pace) -> int:
    """Somebody may have one."""
    assert pace.seconds is not None
    rate = min(_HOLDS_PER_S * pace.concurrency, _OF_ALL)
    return int(rate * (pace.warmup_s + pace.seconds)) + pace.concurrency


def orders(pace: Pace) -> int:
    assert pace.seconds is not None
    return int(_ORDERS_PER_S * pace.concurrency * (pace.warmup_s + pace.seconds)) + pace.concurrency


def refused(_: Pace) -> int:
    return _HELD + _REFUSED


def _open_sale(stage: Stage, units: int) -> tuple[str, Goods]:
    """A running one of a product of its own, made by the merchant."""
    goods, now = next(stage.shop.sales), datetime.now(UTC)
    body = {
        "product_id": str(goods.product_id),
        "name": "measured",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
        "variants": [{"sku_id": str(goods.sku_id), "price_fen": 5000, "units": units}],
        "per_user_limit": 1,
        "pay_within_s": 1800,
    }
    return _asked(stage, [post("/api/v1/trade/console/flash-sales", body, stage.shop.owner)])[0]["id"], goods


def _holds(stage: Stage, sale_id: str, goods: Goods, people: list[Member]) -> list[bytes]:
    """The requests of people who have their tickets."""
    keys = [str(uuid4()) for _ in people]
    tickets = _asked(
        stage,
        [post(f"{_SALES}/{sale_id}/tickets", {}, who.token, key) for who, key in zip(people, keys, strict=True)],
    )
    return [
        post(f"{_SALES}/{sale_id}/holds", wish(who, goods) | shown(ticket), who.token, key)
        for who, key, ticket in zip(people, keys, tickets, strict=True)
    ]


def _refused(stage: Stage, before: list[bytes], requests: list[bytes]) -> Outcome:
    made = len(_asked(stage, before))
    stage.until_quiet()
    return Outcome(stage.generator.repeat(requests, stage.pace), made=made)


def _asked(stage: Stage, requests: list[bytes]) -> list[dict[str, Any]]:
    """What was answered, in order. Raises NotPrepared."""
    result = stage.generator.once(requests, Pace(min(len(requests), _AT_ONCE), 0, None), keep=True)
    if set(result.answers) != {"ok"}:
        raise NotPrepared(result.answers)
    return [json.loads(body) for body in result.bodies]
