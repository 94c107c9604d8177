"""What the people of one schedule do. Each wish is a request as a client sends it; the answer may be a refusal."""

import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.proofs.cashier import prepay_id_of
from tests.proofs.chaos.market import Market
from tests.support.shop import Buyer

ORDERS = "/api/v1/trade/orders"
CHANNELS = ("wechat_h5", "wechat_jsapi")
EXPECTED = {200, 201, 400, 404, 409, 410, 422, 429, 502, 503}
"""Anything else, 500 before all, is somebody's mistake unless the process or a connection was killed."""


@dataclass
class Customer:
    """`orders` are those that were acknowledged; `cashiers` where they may still press "pay", old ones too."""

    market: Market
    buyer: Buyer
    chance: random.Random
    orders: list[str] = field(default_factory=list)
    cashiers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    last: tuple[UUID, dict[str, Any]] | None = None
    strange: list[str] = field(default_factory=list)

    async def order(self, mode: str, **wish: Any) -> dict[str, Any] | None:
        """The order if the shop said yes. Who hears nothing may ask again with the same key."""
        key = uuid4()
        body = {"mode": mode, "quantity": self.chance.choice([1, 1, 1, 2])} | wish
        self.last = (key, body)
        return await self._submit(key, body)

    async def repeat(self) -> dict[str, Any] | None:
        return await self._submit(*self.last) if self.last else None

    async def _submit(self, key: UUID, body: dict[str, Any]) -> dict[str, Any] | None:
        answer = await self._ask(self.buyer.try_order(key=key, **body))
        if answer is None or answer.status_code != 201:
            return None
        order: dict[str, Any] = answer.json()
        if order["id"] not in self.orders:
            self.orders.append(order["id"])
        if order.get("group_id") and order["group_id"] not in self.groups:
            self.groups.append(order["group_id"])
        return order

    async def go_to_pay(self) -> None:
        """To the cashier of one of the two channels; it stays open when another one is opened."""
        if self.orders:
            await self._go_to_pay(self.chance.choice(self.orders[-3:]), self.chance.choice(CHANNELS))

    async def pay_twice(self) -> None:
        """Two devices, two cashiers, and both are paid."""
        if not self.orders:
            return
        before = len(self.cashiers)
        for channel in CHANNELS:
            await self._go_to_pay(self.orders[-1], channel)
        for where in self.cashiers[before:]:
            await self._press_pay(where)

    async def _press_pay(self, prepay_id: str) -> None:
        await self.market.desk.post("/desk/api/pay", json={"prepay_id": prepay_id})

    async def _go_to_pay(self, order_id: str, channel: str) -> None:
        body = {"channel": channel, "return_url": "http://shop.test/back"}
        answer = await self._post(f"{ORDERS}/{order_id}/pay", body)
        if answer is not None and answer.status_code == 200:
            self.cashiers.append(prepay_id_of(answer.json()))

    async def pay(self) -> None:
        """Press "pay" at any cashier ever opened. Whether the shop knows is another matter."""
        if self.cashiers:
            await self._press_pay(self.chance.choice(self.cashiers[-4:]))

    async def buy(self, mode: str, **wish: Any) -> None:
        """All the way, as most people do."""
        order = await self.order(mode, **wish)
        if order is None and self.chance.random() < 0.7:
            order = await self.repeat()
        if order is None or self.chance.random() < 0.1:
            return
        await self._go_to_pay(order["id"], self.chance.choice(CHANNELS))
        if self.cashiers:
            await self._press_pay(self.cashiers[-1])

    async def cancel(self) -> None:
        """Give up an unpaid order, or leave a group."""
        if self.orders:
            await self._post(f"{ORDERS}/{self.chance.choice(self.orders)}/cancel")

    async def sync(self) -> None:
        if self.orders:
            await self._post(f"{ORDERS}/{self.chance.choice(self.orders)}/sync")

    async def _post(self, path: str, body: Any = None) -> httpx.Response | None:
        return await self._ask(self.buyer.person.post(path, body))

    async def _ask(self, asking: Any) -> httpx.Response | None:
        """None if nobody answered."""
        try:
            answer: httpx.Response = await asking
        except httpx.TransportError:
            return None
        if answer.status_code not in EXPECTED:
            self.strange.append(f"{answer.request.url.path}: {answer.text[:300]}")
        return answer
