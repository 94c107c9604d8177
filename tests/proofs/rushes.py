"""Rushes over HTTP on two real servers: exactly what there is, is sold, and exactly one takes the last seat."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.concurrency.doors import Outcome, rush, rush_for_a_sale
from tests.concurrency.servers import GUARDED, UNGUARDED, Servers, running_servers
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result
from tests.support.crowd import Member
from tests.support.guards import FLASH, SEATS, STOCK, without_checks
from tests.support.invariants import violations

BUYERS, UNITS = 2000, 100
JOINERS = 500
RUSHES, FLASH_RUSHES = 5, 2
"""Of each kind in a round; the servers are started once for all of them."""
_ENVIRON = {"CHENGTUAN_FLASH_HOLDS_PER_SECOND": "100000", "CHENGTUAN_FLASH_TICKETS_PER_ADDRESS": "1000000"}
"""Everybody's turn has come, and all of them share an address."""
_programs: list[Sequence[str]] = [GUARDED]
"""The last one runs; a control puts the one without guards on top."""


async def play(ground: Ground, seed: int) -> Result:
    """The seed changes nothing here: the order of arrival is the machine's own chance."""
    result = Result()
    url = ground.fresh_database()
    async with running_servers(
        url, ground.fresh_folder(), program=_programs[-1], items=2 * RUSHES + FLASH_RUSHES, environ=_ENVIRON
    ) as servers:
        for number in range(RUSHES):
            # new people each time: who wins again and again without paying is refused at the sixth order
            crowd = servers.crowd(BUYERS)
            result.add(await _hundred_units(servers, crowd, number, pay=number == 0))
            result.add(await _last_seat(servers, crowd[:JOINERS], number))
        for number in range(FLASH_RUSHES):
            result.add(await _flash_sale(servers, servers.crowd(BUYERS), number, pay=number == 0))
        found = violations(url, settled=False)
        if not result.violations:
            found += await _settled(servers, url)
        result.violations += found
    return result


async def _hundred_units(servers: Servers, crowd: Sequence[Member], number: int, *, pay: bool) -> Result:
    item = servers.items[2 * number]
    await servers.stock(item, UNITS)
    outcome = await rush(servers, crowd, item, "solo")
    result = Result(Counter({"rushes for 100 units": 1, "buyers": len(crowd)}))
    result.violations += _told(outcome, {"201": UNITS, "trade/sold-out": len(crowd) - UNITS})
    stock = servers.rows("select on_hand, available, reserved from trade.stock where sku_id = %s", item.sku_id)
    if stock != [(UNITS, 0, UNITS)]:
        result.violations.append(f"oversold: {UNITS} units became {stock}")
    if pay and not result.violations:
        await asyncio.gather(*(servers.pay(member, order_id) for member, order_id in outcome.won))
        query = (
            "select o.status, count(*) from trade.shop_order o join trade.order_line l on l.order_id = o.id"
            " where l.sku_id = %s group by 1"
        )
        await servers.eventually(query, item.sku_id, rows=[("to_ship", UNITS)])
        result.figures["winners who paid"] += UNITS
    return result


async def _last_seat(servers: Servers, joiners: Sequence[Member], number: int) -> Result:
    item = servers.items[2 * number + 1]
    await servers.stock(item, 2 * JOINERS)
    [initiator] = servers.crowd(1)
    group = await servers.open_group(initiator, item, 2)
    outcome = await rush(servers, joiners, item, "join", group_id=group)
    result = Result(Counter({"rushes for a last seat": 1, "joiners": len(joiners)}))
    result.violations += _told(outcome, {"201": 1, "trade/group-full": len(joiners) - 1})
    seats = servers.rows("select locked, seats from trade.buy_group where id = %s", group)
    if seats != [(2, 2)]:
        result.violations.append(f"over-full: locked and seats are {seats}")
    return result


async def _flash_sale(servers: Servers, crowd: Sequence[Member], number: int, *, pay: bool) -> Result:
    item = servers.items[2 * RUSHES + number]
    await servers.stock(item, UNITS)
    sale = await servers.flash_sale(item, UNITS)
    outcome = await rush_for_a_sale(servers, crowd, item, sale)
    result = Result(Counter({"rushes at a flash sale": 1, "people at a flash sale": len(crowd)}))
    result.violations += _told(outcome, {"201": UNITS, "trade/flash-sold-out": len(crowd) - UNITS})
    taken = servers.rows("select allotted, held + sold from trade.flash_stock where activity_id = %s", sale)
    if taken != [(UNITS, UNITS)]:
        result.violations.append(f"a flash sale oversold: of {UNITS} units taken are {taken}")
    if pay and not result.violations:
        made = "select count(*) from trade.shop_order where activity_id = %s and status = %s"
        await servers.eventually(made, sale, "pending_payment", rows=[(UNITS,)])
        orders = dict(servers.rows("select user_id, id::text from trade.shop_order where activity_id = %s", sale))
        await asyncio.gather(*(servers.pay(member, orders[member.id]) for member, _ in outcome.won))
        await servers.eventually(made, sale, "to_ship", rows=[(UNITS,)])
        result.figures["winners at a flash sale who paid"] += UNITS
    return result


def _told(outcome: Outcome, expected: dict[str, int]) -> list[str]:
    return [] if outcome.told == expected else [f"answers were {dict(outcome.told)} and should be {expected}"]


async def _settled(servers: Servers, url: str) -> list[str]:
    """Nothing is missing in the end, here or in the provider's books."""
    for _ in range(100):
        found = violations(url, ledger=await servers.ledger())
        if not found:
            return []
        await asyncio.sleep(0.1)
    return found


@contextlib.contextmanager
def _without_locks_and_checks(ground: Ground) -> Iterator[None]:
    _programs.append(UNGUARDED)
    try:
        with without_checks(ground.fresh_database(), STOCK, SEATS, FLASH):
            yield
    finally:
        _programs.pop()


PROOF = Proof(
    slug="rushes",
    claim=(
        "Of 2,000 buyers at the doors of two servers exactly 100 get the 100 units and can pay for them, and of 500"
        " joiners exactly one gets the last seat; of 2,000 people at a flash sale exactly 100 get its 100 units, and"
        " orders for them; everybody else hears so before paying."
    ),
    rule="2, 7, 8",
    round=play,
    short=1,
    long=50 // RUSHES,
    workers=1,
    marks=("concurrency", "slow"),
    controls=[
        Control(
            name="stock",
            removed="the row locks in both servers and the CHECK behind them (for units)",
            shows="oversold",
            without=_without_locks_and_checks,
            most_rounds=2,
        ),
        Control(
            name="seats",
            removed="the row locks in both servers and the CHECK behind them (for seats)",
            shows="over-full",
            without=_without_locks_and_checks,
            most_rounds=2,
        ),
        Control(
            name="flash",
            removed="the row locks in both servers and the CHECK behind them (for a flash sale)",
            shows="a flash sale oversold",
            without=_without_locks_and_checks,
            most_rounds=2,
            long_only=True,
        ),
    ],
)
