"""What a merchant's staff do, who have many orders."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import psycopg

from benchmarks.fill.copies import Copy
from benchmarks.generator import Pace
from benchmarks.load.requests import get
from benchmarks.stage import Outcome, Stage, wish
from tests.support.crowd import HOME

_BUYERS = 200
_PAGE = 100
_EXPORTERS = 16
"""One in so many of the connections exports."""
_ORDERS = "/api/v1/trade/console/orders"


def console_orders(stage: Stage) -> Outcome:
    """Pages of the list of orders in turns: the newest ones, those of a state, and those that wait longest."""
    _fill(stage)
    filters = ("", "&status=to_ship", "&status=grouping&status=to_ship", "&sort=waiting")
    return _read(stage, [f"{_ORDERS}?limit=20{each}" for each in filters])


def console_search(stage: Stage) -> Outcome:
    """Orders are looked for in turns: by number, by a phone's last four digits, by the recipient, by goods."""
    _fill(stage)
    number = _ask(stage, "select number from trade.shop_order where paid_at is not null limit 1")
    words = (number, number[-6:], HOME.phone[-4:], HOME.name, "Pomelo 7")
    return _read(stage, [f"{_ORDERS}?limit=20&q={quote(word)}" for word in words])


def export_orders(stage: Stage) -> Outcome:
    """All of the merchant's orders in the largest pages there are, one page after the other; a unit is an order."""
    _fill(stage)
    pace = Pace(max(1, stage.pace.concurrency // _EXPORTERS), stage.pace.warmup_s, stage.pace.seconds)
    result = stage.generator.pages(f"{_ORDERS}?limit={_PAGE}", stage.shop.owner, pace)
    return Outcome(result, [_merchant(stage)], units=_PAGE)


def buyers(_: Pace) -> int:
    return _BUYERS


def _fill(stage: Stage) -> None:
    """Once: one order of each of some products is bought alone, and copied."""
    if stage.filled:
        return
    stage.filled = True
    people = stage.shoppers(_BUYERS)
    goods = stage.shop.many[:8]
    first = [
        {"token": who.token, "wish": wish(who, what, mode="solo")} for who, what in zip(people, goods, strict=False)
    ]
    bought = stage.buy(first)
    stage.until_quiet()
    stage.copy(
        [
            Copy(bought[number % len(bought)][0], people[number % len(people)])
            for number in range(stage.sizes.orders - len(bought))
        ]
    )


def _read(stage: Stage, paths: Sequence[str]) -> Outcome:
    requests = [get(path, stage.shop.owner) for path in paths]
    return Outcome(stage.generator.repeat(requests, stage.pace), [_merchant(stage)])


def _merchant(stage: Stage) -> dict[str, str]:
    return {"merchant": str(_ask(stage, "select merchant_id from trade.shop_order limit 1"))}


def _ask(stage: Stage, question: str) -> Any:
    with psycopg.connect(stage.database_url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return row[0]
