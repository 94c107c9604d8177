"""A crowd at a flash sale of real processes that die: each asks again, with the same key, until they are answered."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.faults.customers import Customers
from tests.faults.system import LOGIN, Product, at
from tests.proofs.cashier import press_pay
from tests.proofs.told import Told
from tests.support.crowd import Member
from tests.support.flash import CONSOLE, PRICE, SALES, shown
from tests.support.shop import PASSWORD

ORDERS = "/api/v1/trade/orders"
LIMIT = 2
_ARRIVE_WITHIN_S = 5.0
_LONGEST_PAUSE_S = 2.0
_SLOT = timedelta(hours=1)
_LOOKS = 12
_WAIT_S = 10


class FlashCrowd:
    """`told` is what they heard when they took units, `ends` what became of their holds, by its id."""

    def __init__(self, customers: Customers, chance: random.Random, product: Product | None = None) -> None:
        self.customers = customers
        self.system = customers.system
        self.chance = chance
        self.told = Told()
        self.ends: dict[str, dict[str, Any]] = {}
        self.product = product or self.system.products[0]
        self.strange: list[str] = []
        self.sale_id = ""

    async def open_sale(self, units: int) -> None:
        now = self.system.clock.now()
        body = {
            "product_id": self.product.product_id,
            "name": "faults",
            "starts_at": at(now),
            "ends_at": at(now + _SLOT),
            "variants": [{"sku_id": self.product.sku_id, "price_fen": PRICE, "units": units}],
            "per_user_limit": LIMIT,
        }
        staff = await self.customers._shop(
            "POST", "/api/v1/accounts/staff/sessions", json={"login": LOGIN, "password": PASSWORD}
        )
        answer = await self.customers._shop("POST", CONSOLE, token=staff.json()["token"], json=body)
        assert answer.status_code == 201, answer.text
        self.sale_id = str(answer.json()["id"])

    async def live(self, member: Member) -> None:
        """Take units, perhaps once more, and do with the order what people do."""
        await asyncio.sleep(self.chance.uniform(0, _ARRIVE_WITHIN_S))
        for _ in range(self.chance.choice([1, 1, 2])):
            hold_id = await self._take(member)
            if hold_id is None or (order_id := await self._follow(member, hold_id)) is None:
                return
            await self._go_on(member, order_id)

    async def _take(self, member: Member) -> str | None:
        key, path = uuid4(), f"{SALES}/{self.sale_id}"
        ticket = await self._ask(member, f"{path}/tickets", key=key)
        if ticket.status_code != 201:
            self.told.hear(member.id, key, ticket.status_code, ticket.json())
            return None
        body = {
            "sku_id": self.product.sku_id,
            "quantity": self.chance.choice([1, 1, 2]),
            # one in twenty buys for an address that is not there: of their hold no order can be made
            "address_id": str(member.address_id if self.chance.random() < 0.95 else uuid4()),
        }
        await asyncio.sleep(ticket.json()["wait_s"])
        answer = await self._ask(member, f"{path}/holds", body | shown(ticket.json()), key=key)
        self.told.hear(member.id, key, answer.status_code, answer.json())
        return str(answer.json()["id"]) if answer.status_code == 201 else None

    async def _follow(self, member: Member, hold_id: str) -> str | None:
        """The order that is made of it; None: there is none."""
        for _ in range(_LOOKS):
            look = f"{SALES}/holds/{hold_id}?wait={_WAIT_S}"
            seen = await self.customers._shop("GET", look, token=member.token)
            if seen.status_code == 429:
                await asyncio.sleep(_pause_s(seen))
            elif seen.status_code != 200:
                self.strange.append(f"acknowledged, and not there when they looked: {hold_id}, {seen.text[:200]}")
                return None
            elif seen.json()["status"] != "held":
                self.ends[hold_id] = seen.json()
                order_id: str | None = seen.json().get("order_id")
                return order_id
        return None

    async def _go_on(self, member: Member, order_id: str) -> None:
        act = self.chance.choice(["pay", "pay", "pay", "cancel", "forget"])
        if act == "cancel":
            await self._ask(member, f"{ORDERS}/{order_id}/cancel")
        elif act == "pay":
            way = {"channel": self.chance.choice(["wechat_h5", "wechat_jsapi"]), "return_url": "http://x.test/"}
            answer = await self._ask(member, f"{ORDERS}/{order_id}/pay", way)
            if answer.status_code == 200:
                await press_pay(self.customers, answer.json())

    async def _ask(self, member: Member, path: str, body: Any = None, *, key: UUID | None = None) -> httpx.Response:
        """Whoever is told to come again comes again."""
        key = key or uuid4()
        while True:
            answer = await self.customers._shop("POST", path, token=member.token, key=str(key), json=body)
            if answer.status_code != 429:
                return answer
            await asyncio.sleep(_pause_s(answer))

    def stranded(self) -> list[str]:
        """Holds of which nobody heard what became of them, and ends that were told and are not so."""
        rows = self.system.rows("select id::text, status, order_id::text, problem from trade.flash_hold")
        stored = {hold_id: (status, order_id, problem) for hold_id, status, order_id, problem in rows}
        found = list(self.strange)
        found += [f"hold {hold_id} became nothing: {row[0]}" for hold_id, row in stored.items() if row[0] == "held"]
        for hold_id, end in self.ends.items():
            now = stored.get(hold_id)
            if now is not None and end.get("order_id") != now[1]:
                found.append(f"hold {hold_id} was told order {end.get('order_id')}, and has {now[1]}")
            if now is not None and now[0] == "refused" and end.get("problem") is None:
                found.append(f"hold {hold_id} was refused, and nobody was told why: {end}")
        return found


def _pause_s(answer: httpx.Response) -> float:
    return min(float(answer.headers.get("retry-after", 1)), _LONGEST_PAUSE_S)
