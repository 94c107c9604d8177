"""What people do while it lasts: mostly look around, sometimes buy. No other answer is expected than a good one."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from benchmarks.load.connection import Connection, connect
from benchmarks.load.requests import get, post
from tests.concurrency.servers import Item
from tests.support.crowd import Member
from tests.support.flash import SALES, shown

ORDERS = "/api/v1/trade/orders"
_WAIT_S = 20
_LOOKS = 5


class Strange(Exception):
    """An answer that nobody should get at a load that the machine can take."""


@dataclass
class Line:
    """Connections to one process, one visitor on each; `took` are the seconds of the answers since it was read."""

    port: int
    took: list[float] = field(default_factory=list)
    _free: list[Connection] = field(default_factory=list)

    async def ask(self, request: bytes, *, timed: bool = True, refused: str = "") -> dict[str, Any]:
        """The body of a good answer, or of the problem that is expected. Raises Strange."""
        async with self._connection() as connection:
            since = time.perf_counter()
            status, body = await connection.answer(request)
            if timed:
                self.took.append(time.perf_counter() - since)
        if status >= 300 and not (refused and json.loads(body).get("code") == refused):
            raise Strange(f"{request.split(maxsplit=2)[:2]!r}: {status} {body[:200]!r}")
        return dict(json.loads(body))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        while self._free and self._free[-1].broken.done():
            self._free.pop()  # it was silent for so long that the server closed it
        connection = self._free.pop() if self._free else await connect(self.port)
        yield connection
        self._free.append(connection)

    def close(self) -> None:
        for connection in self._free:
            connection.close()


@dataclass
class Town:
    """Who visits what. `sale` is a flash sale of the first item, nothing is left of the `sold_out` one of the second,
    groups of two by `campaign` buy the third, and the others are sold as they are.
    """

    shop: Line
    cashier: Line
    items: list[Item]
    people: list[Member]
    sale: str
    sold_out: str
    campaign: str
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    _next: int = 0

    async def visit(self) -> None:
        """One visit of somebody. Raises Strange, ConnectionError."""
        [act] = self.chance.choices(_VISITS, _WEIGHTS)
        await act(self, self._somebody())

    def _somebody(self) -> Member:
        self._next += 1
        return self.people[self._next % len(self.people)]

    def something(self) -> Item:
        return self.chance.choice(self.items[3:])


async def _look_around(town: Town, member: Member) -> None:
    await town.shop.ask(get("/api/v1/trade/listings?sort=popular&limit=20"))
    await town.shop.ask(get(f"/api/v1/catalog/products/{town.something().product_id}"))
    await town.shop.ask(get(f"{SALES}/{town.sale}"))


async def _think_better_of_it(town: Town, member: Member) -> None:
    order = await _order(town, member)
    await town.shop.ask(post(f"{ORDERS}/{order}/cancel", {}, member.token, str(uuid4())))


async def _buy(town: Town, member: Member) -> None:
    order = await _order(town, member)
    await _pay(town, member, order)


async def _buy_in_the_sale(town: Town, member: Member) -> None:
    """And give it back, so that there is something left for everybody who comes later."""
    hold = await take_one(town, member, town.items[0], town.sale)
    for _ in range(_LOOKS):
        if hold["status"] != "held":
            break
        hold = await town.shop.ask(get(f"{SALES}/holds/{hold['id']}?wait={_WAIT_S}", member.token), timed=False)
    if hold["status"] != "ordered":
        raise Strange(f"a hold became {hold}")
    await town.shop.ask(post(f"{ORDERS}/{hold['order_id']}/cancel", {}, member.token, str(uuid4())))


async def take_one(town: Town, member: Member, item: Item, sale: str) -> dict[str, Any]:
    """A hold of a unit of a flash sale. Raises Strange."""
    key, path = str(uuid4()), f"{SALES}/{sale}"
    ticket = await town.shop.ask(post(f"{path}/tickets", {}, member.token, key))
    await asyncio.sleep(ticket["wait_s"])
    wish = {"sku_id": item.sku_id, "quantity": 1, "address_id": str(member.address_id)} | shown(ticket)
    return await town.shop.ask(post(f"{path}/holds", wish, member.token, key))


async def _come_too_late(town: Town, member: Member) -> None:
    """Somebody of the crowd behind a sale that is sold out."""
    path = f"{SALES}/{town.sold_out}/tickets"
    await town.shop.ask(post(path, {}, member.token, str(uuid4())), refused="trade/flash-sold-out")


async def _form_a_group(town: Town, member: Member) -> None:
    opened = await _wish(town, member, town.items[2], "open", campaign_id=town.campaign)
    await _pay(town, member, opened["id"], "grouping")
    friend = town._somebody()
    joined = await _wish(town, friend, town.items[2], "join", group_id=opened["group_id"])
    await _pay(town, friend, joined["id"])


async def _order(town: Town, member: Member) -> str:
    return str((await _wish(town, member, town.something(), "solo"))["id"])


async def _wish(town: Town, member: Member, item: Item, mode: str, **more: str) -> dict[str, Any]:
    wish = {"mode": mode, "sku_id": item.sku_id, "quantity": 1, "address_id": str(member.address_id), **more}
    return await town.shop.ask(post(ORDERS, wish, member.token, str(uuid4())))


async def _pay(town: Town, member: Member, order: str, then: str = "to_ship") -> None:
    way = {"channel": "wechat_h5", "return_url": "http://x.test/"}
    hand_over = await town.shop.ask(post(f"{ORDERS}/{order}/pay", way, member.token, str(uuid4())))
    where = {"prepay_id": hand_over["redirect_url"].partition("?")[0].rpartition("/")[2]}
    await town.cashier.ask(post("/desk/api/pay", where))
    for _ in range(_LOOKS):
        seen = await town.shop.ask(get(f"{ORDERS}/{order}?wait={_WAIT_S}", member.token), timed=False)
        if seen["status"] == then:
            return
    raise Strange(f"a paid order is {seen['status']}")


Act = Callable[[Town, Member], Awaitable[None]]
_MIX: dict[Act, int] = {
    _look_around: 60,
    _come_too_late: 20,
    _think_better_of_it: 20,
    _buy: 10,
    _buy_in_the_sale: 10,
    _form_a_group: 5,
}
_VISITS, _WEIGHTS = list(_MIX), list(_MIX.values())
