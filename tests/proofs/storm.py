"""A storm on three real servers: everybody tries six times, with old keys and new ones, and all answers are audited."""

import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from benchmarks.load.connection import Connection
from benchmarks.load.requests import post
from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from tests.concurrency.doors import ORDERS, through_the_doors
from tests.concurrency.servers import GUARDED, UNGUARDED, Item, Servers, running_servers
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result
from tests.proofs.told import Stored, Told
from tests.support.crowd import Member
from tests.support.flash import SALES, shown
from tests.support.guards import FLASH, ONE_SEAT, SEATS, STOCK, without_checks, without_index
from tests.support.invariants import violations

PROCESSES, TRIES = 3, 6
LIMIT = 3
"""Units a person may have of a flash sale."""
_ASKS_AGAIN = 0.3
_ENVIRON = {"CHENGTUAN_FLASH_HOLDS_PER_SECOND": "100000", "CHENGTUAN_FLASH_TICKETS_PER_ADDRESS": "1000000"}
"""The whole crowd is at the doors of the sale at once, and from one address."""
_BOUGHT = """
    select o.user_id::text, o.request_id::text, o.id::text from trade.shop_order o
    join trade.order_line l on l.order_id = o.id where l.sku_id = %s and o.kind = %s"""
_HELD = "select user_id::text, request_id::text, id::text from trade.flash_hold where activity_id = %s"


@dataclass(frozen=True)
class Weather:
    """Who runs, and how many people try for how much. There is less of everything than is asked for."""

    program: Sequence[str] = GUARDED
    buyers: int = 3000
    units_each: int = TRIES // 2
    """Of the product: with three, some reach the most orders that a person may leave unpaid before it is sold out."""

    @property
    def units(self) -> int:
        return self.buyers * self.units_each

    @property
    def seats(self) -> int:
        return min(500, self.buyers // 2)

    @property
    def allotted(self) -> int:
        return self.buyers


_weathers = [Weather()]
"""The last one counts; a control puts one on top."""


@dataclass(frozen=True)
class Try:
    """Somebody asks once more, at one of the doors."""

    member: Member
    key: UUID
    quantity: int = 1


async def play(ground: Ground, seed: int) -> Result:
    """The seed says who tries when, and with which keys; the rest is the machine's own chance."""
    weather, chance, url = _weathers[-1], random.Random(seed), ground.fresh_database()
    async with running_servers(
        url, ground.fresh_folder(), program=weather.program, items=3, doors=PROCESSES, environ=_ENVIRON
    ) as servers:
        result = await _orders(servers, chance, weather)
        result.add(await _seats(servers, chance, weather))
        result.add(await _flash(servers, chance, weather))
        result.violations += violations(url, settled=False)
        return result


def _tries(members: Sequence[Member], chance: random.Random, quantities: Sequence[int] = (1,)) -> list[Try]:
    """Each six times: some with a key of its own each time, others again with the same, which is the same wish."""
    tries = []
    for member in members:
        wishes = [(uuid4(), chance.choice(quantities)) for _ in range(chance.choice([2, 3, TRIES]))]
        tries += [Try(member, *wishes[n % len(wishes)]) for n in range(TRIES)]
    chance.shuffle(tries)
    return tries


async def _ask(servers: Servers, tries: Sequence[Try], request: Callable[[Try], bytes]) -> Told:
    """What everybody was told."""
    told = Told()

    async def ask(connection: Connection, each: Try) -> None:
        status, answer = await connection.answer(request(each))
        told.hear(each.member.id, each.key, status, json.loads(answer))

    await through_the_doors(servers, tries, ask)
    return told


def _wishing(item: Item, mode: str, **wish: Any) -> Callable[[Try], bytes]:
    def request(each: Try) -> bytes:
        body = {"mode": mode, "sku_id": item.sku_id, "quantity": each.quantity}
        body |= {"address_id": str(each.member.address_id)} | wish
        return post(ORDERS, body, each.member.token, str(each.key))

    return request


async def _orders(servers: Servers, chance: random.Random, weather: Weather) -> Result:
    item, members = servers.items[0], servers.crowd(weather.buyers)
    await servers.stock(item, weather.units)
    tries = _tries(members, chance)
    told = await _ask(servers, tries, _wishing(item, "solo"))
    stored = servers.rows(_BOUGHT, item.sku_id, "solo")
    found = _audited("orders", told, stored, {"trade/sold-out", "trade/too-many-unpaid-orders"})
    if len(stored) > weather.units:
        found.append(f"orders: oversold, {weather.units} units became {len(stored)}")
    if "trade/sold-out" in told.codes and len(stored) < weather.units:
        found.append(f"orders: told sold out with {weather.units - len(stored)} left")
    found += _beyond("orders", Counter(who for who, _, _ in stored), MAX_UNPAID_ORDERS)
    return Result(_figures("orders", tries, stored, told), violations=found)


async def _seats(servers: Servers, chance: random.Random, weather: Weather) -> Result:
    item, members = servers.items[1], servers.crowd(weather.buyers)
    [initiator] = servers.crowd(1)
    await servers.stock(item, weather.buyers)
    group = await servers.open_group(initiator, item, weather.seats)
    tries = _tries(members, chance)
    told = await _ask(servers, tries, _wishing(item, "join", group_id=group))
    stored = [row for row in servers.rows(_BOUGHT, item.sku_id, "group") if row[0] != str(initiator.id)]
    found = _audited("seats", told, stored, {"trade/group-full", "trade/already-in-group"})
    if len(stored) != weather.seats - 1:
        found.append(f"seats: over-full or left empty, {len(stored)} people took {weather.seats - 1} seats")
    found += _beyond("seats", Counter(who for who, _, _ in stored), 1)
    return Result(_figures("seats", tries, stored, told), violations=found)


async def _flash(servers: Servers, chance: random.Random, weather: Weather) -> Result:
    item, members = servers.items[2], servers.crowd(weather.buyers)
    await servers.stock(item, weather.allotted)
    sale = await servers.flash_sale(item, weather.allotted, per_user_limit=LIMIT)
    tries = _tries(members, chance, [1, 1, 1, 2])
    told = await _hold(servers, chance, tries, item, sale)
    stored = servers.rows(_HELD, sale)
    found = _audited("holds", told, stored, {"trade/flash-sold-out", "trade/flash-limit"})
    units = servers.rows("select user_id::text, quantity from trade.flash_hold where activity_id = %s", sale)
    taken, of_person = sum(quantity for _, quantity in units), Counter[str]()
    for who, quantity in units:
        of_person[who] += quantity
    if taken > weather.allotted:
        found.append(f"holds: oversold, {weather.allotted} units became {taken}")
    if "trade/flash-sold-out" in told.codes and taken < weather.allotted - 1:
        found.append(f"holds: told sold out with {weather.allotted - taken} left")
    found += _beyond("holds", of_person, LIMIT)
    if not found:
        found += await _become_orders(servers, sale, len(stored))
    return Result(_figures("holds", tries, stored, told), violations=found)


async def _hold(servers: Servers, chance: random.Random, tries: Sequence[Try], item: Item, sale: str) -> Told:
    """Each with the ticket of their key. Some ask for it again: who holds something under it is not refused there."""
    told, tickets, path = Told(), dict[UUID, dict[str, str]](), f"{SALES}/{sale}"

    async def ask(connection: Connection, each: Try) -> None:
        token, key = each.member.token, str(each.key)
        if each.key not in tickets or chance.random() < _ASKS_AGAIN:
            status, answer = await connection.answer(post(f"{path}/tickets", {}, token, key))
            if status != 201:
                told.hear(each.member.id, key, status, json.loads(answer))
                return
            tickets[each.key] = shown(json.loads(answer))
        body = {"sku_id": item.sku_id, "quantity": each.quantity, "address_id": str(each.member.address_id)}
        status, answer = await connection.answer(post(f"{path}/holds", body | tickets[each.key], token, key))
        if b"trade/ticket-invalid" in answer:  # on a busy machine their turn was over
            tickets.pop(each.key, None)
            return
        told.hear(each.member.id, key, status, json.loads(answer))

    await through_the_doors(servers, tries, ask)
    return told


async def _become_orders(servers: Servers, sale: str, holds: int) -> list[str]:
    """Each of them, whichever process took it."""
    states = "select status, count(*), count(order_id) from trade.flash_hold where activity_id = %s group by 1"
    try:
        await servers.eventually(states, sale, rows=[("ordered", holds, holds)])
    except TimeoutError:
        return [f"holds: not every one became an order: {servers.rows(states, sale)}"]
    return []


def _audited(what: str, told: Told, stored: Sequence[Stored], refusals: set[str]) -> list[str]:
    found = [f"{what}: {lie}" for lie in told.lies(stored)]
    return found + [f"{what}: {count} were told {code}" for code, count in told.codes.items() if code not in refusals]


def _beyond(what: str, of_person: Counter[str], limit: int) -> list[str]:
    return [f"{what}: one person has {n}, not {limit}" for n in of_person.values() if n > limit]


def _figures(what: str, tries: Sequence[Try], stored: Sequence[Stored], told: Told) -> Counter[str]:
    refused = {f"{what}: told {code}": number for code, number in told.codes.items()}
    return Counter({f"{what}: tries": len(tries), f"{what}: taken": len(stored)} | refused)


@contextlib.contextmanager
def _racing(ground: Ground) -> Iterator[None]:
    _weathers.append(Weather(UNGUARDED, buyers=120, units_each=1))
    try:
        url = ground.fresh_database()
        with without_checks(url, STOCK, SEATS, FLASH), without_index(url, ONE_SEAT):
            yield
    finally:
        _weathers.pop()


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    _weathers.append(Weather(buyers=200))
    try:
        yield
    finally:
        _weathers.pop()


async def play_small(ground: Ground, seed: int) -> Result:
    with _calm():
        return await play(ground, seed)


_REMOVED = "the row locks in all three servers and the constraints behind them"
PROOF = Proof(
    slug="storm",
    claim=(
        "When 3,000 people try six times each through three servers, for a product, for a seat in one group and in a"
        " flash sale, nothing is sold twice, no group is over-full, nobody has more than they may, and what each of"
        " them was told is what is stored."
    ),
    rule="2, 7, 8",
    round=play,
    small=play_small,
    short=1,
    long=2,
    workers=1,
    marks=("concurrency", "slow"),
    patience_s=1800.0,
    controls=[
        Control(
            name="orders",
            removed=f"{_REMOVED} (orders)",
            shows="orders: ",
            without=_racing,
            most_rounds=2,
            long_only=True,
        ),
        Control(
            name="seats", removed=f"{_REMOVED} (seats)", shows="seats: ", without=_racing, most_rounds=2, long_only=True
        ),
        Control(
            name="holds",
            removed=f"{_REMOVED} (a flash sale)",
            shows="holds: oversold",
            without=_racing,
            most_rounds=2,
            long_only=True,
        ),
    ],
)
