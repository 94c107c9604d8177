"""People who shop at real processes while these die, and how everything comes to rest afterwards."""

import asyncio
import contextlib
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.customers import Customers
from tests.faults.system import System
from tests.proofs.cashier import press_pay
from tests.proofs.chaos.recovery import UNFINISHED
from tests.support.crowd import Member

_ORDERS = "/api/v1/trade/orders"
_OPEN = "select id::text from trade.buy_group where status = 'open' order by id"
_PAUSES_S = (61, 301, 901, 61, 901, 2001, *(3661,) * 30)


class Shoppers:
    """They repeat what nobody answered, with the same key."""

    def __init__(self, customers: Customers, chance: random.Random) -> None:
        self.customers = customers
        self.system = customers.system
        self.chance = chance
        self.campaign_id = ""

    async def open_campaign(self) -> None:
        people = self.chance.choice([[2], [3], [2, 4], [3, 5]])
        product = self.system.products[0]
        prices = [7000, 6500]
        tiers = [
            {"people": n, "prices": [{"sku_id": product.sku_id, "price_fen": fen}]}
            for n, fen in zip(people, prices, strict=False)
        ]
        terms: dict[str, Any] = {
            "kind": "fixed" if len(people) == 1 else "ladder",
            "tiers": tiers,
            "group_duration_s": 3600,
            "overflow": len(people) > 1 and self.chance.random() < 0.5,
            "initiator_off_percent": self.chance.choice([None, 50]),
        }
        self.campaign_id = await self.customers.campaign(product, people[-1], **terms)

    async def live(self, member: Member) -> None:
        await asyncio.sleep(self.chance.uniform(0, 5))
        order = await self._order(member)
        if order is None:
            return
        path = f"{_ORDERS}/{order['id']}"
        for channel in self._channels():
            answer = await self._ask(member, f"{path}/pay", {"channel": channel, "return_url": "http://x.test/"})
            if answer.status_code == 200:
                await press_pay(self.customers, answer.json())
        if self.chance.random() < 0.15:
            await self._ask(member, f"{path}/cancel")

    def _channels(self) -> list[str]:
        channels = ["wechat_h5", "wechat_jsapi"]
        self.chance.shuffle(channels)
        return channels[: self.chance.choice([0, 1, 1, 1, 1, 1, 1, 2])]

    async def _order(self, member: Member) -> dict[str, Any] | None:
        product = self.system.products[0]
        body = {"sku_id": product.sku_id, "quantity": 1, "address_id": str(member.address_id)} | self._wish()
        answer = await self._ask(member, _ORDERS, body)
        if answer.status_code != 201:
            return None
        order: dict[str, Any] = answer.json()
        self.customers.acknowledged[order["id"]] = order["payable_fen"]
        return order

    def _wish(self) -> dict[str, str]:
        groups: list[tuple[Any, ...]] = []
        with contextlib.suppress(Exception):  # PostgreSQL may be away just now
            groups = self.system.rows(_OPEN)
        if groups and self.chance.random() < 0.75:
            return {"mode": "join", "group_id": str(self.chance.choice(groups)[0])}
        if self.chance.random() < 0.8:
            return {"mode": "open", "campaign_id": self.campaign_id}
        return {"mode": "solo"}

    async def _ask(self, member: Member, path: str, body: Any = None) -> httpx.Response:
        return await self.customers._shop("POST", path, token=member.token, key=str(uuid4()), json=body)

    def lost(self) -> list[str]:
        """Orders that the shop said yes to and does not know any more."""
        stored = {row[0] for row in self.system.rows("select id::text from trade.shop_order")}
        return [f"order {order_id} was acknowledged, and not there" for order_id in self.customers.acknowledged
                if order_id not in stored]  # fmt: skip


async def come_to_rest(system: System, http: httpx.AsyncClient) -> list[str]:
    """Time runs, abnormal refunds are repaired at the provider; what is still unfinished at the end."""
    left: list[tuple[Any, ...]] = []
    for pause_s in _PAUSES_S:
        system.move_clock(timedelta(seconds=pause_s))
        for refund in (await system.ledger())["refunds"]:
            if refund["status"] == "ABNORMAL":
                await http.post(f"{system.sandbox.url}/control/refunds/{refund['out_refund_no']}/repair")
        for _ in range(8):
            await asyncio.sleep(0.25)
            if not (left := system.rows(UNFINISHED)) and not await _notices_wait(system):
                return []
    return [f"unfinished at the end: {' '.join(map(str, row))}" for row in left]


async def _notices_wait(system: System) -> bool:
    return any(notice["status"] == "pending" for notice in (await system.ledger())["notices"])
