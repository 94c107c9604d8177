"""Customers who do not give up: a lost connection or an internal error means the same request once more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.system import LOGIN, Product, System, at
from tests.support.crowd import Member
from tests.support.shop import PASSWORD

PATIENCE_S = 180.0
_PARALLEL = 24


@dataclass
class Customers:
    """`acknowledged` is what the shop said yes to: order id → payable fen; `paid` what the cashier took."""

    system: System
    http: httpx.AsyncClient
    acknowledged: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    retries: int = 0
    refusals: list[str] = field(default_factory=list)
    """Answers that tell nobody what to do: internal errors, and outages that are no problem document."""

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(_PARALLEL)

    async def campaign(self, product: Product, people: int, **changes: Any) -> str:
        staff = await self._shop("POST", "/api/v1/accounts/staff/sessions", json={"login": LOGIN, "password": PASSWORD})
        now = self.system.clock.now()
        body = {
            "product_id": product.product_id,
            "name": "faults",
            "kind": "fixed",
            "tiers": [{"people": people, "prices": [{"sku_id": product.sku_id, "price_fen": 7000}]}],
            "group_duration_s": 86400,
            "starts_at": at(now - timedelta(seconds=5)),
            "ends_at": at(now + timedelta(days=30)),
        } | changes
        answer = await self._shop("POST", "/api/v1/trade/console/campaigns", token=staff.json()["token"], json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def buy(self, member: Member, product: Product, mode: str, **wish: Any) -> dict[str, Any]:
        """Order, go to the cashier and pay; the order as it was acknowledged."""
        async with self._gate:
            order = await self.order(member, product, mode, **wish)
            await self.pay(member, order["id"])
            return order

    async def order(self, member: Member, product: Product, mode: str, **wish: Any) -> dict[str, Any]:
        body = {"mode": mode, "sku_id": product.sku_id, "quantity": 1, "address_id": str(member.address_id)} | wish
        answer = await self._shop("POST", "/api/v1/trade/orders", token=member.token, json=body, key=str(uuid4()))
        assert answer.status_code == 201, answer.text
        order: dict[str, Any] = answer.json()
        self.acknowledged[order["id"]] = order["payable_fen"]
        return order

    async def try_order(self, member: Member, product: Product) -> httpx.Response:
        """One that gives up at once."""
        body = {"mode": "solo", "sku_id": product.sku_id, "quantity": 1, "address_id": str(member.address_id)}
        headers = {"Authorization": f"Bearer {member.token}", "Idempotency-Key": str(uuid4())}
        return await self.http.post(f"{self.system.shop_url}/api/v1/trade/orders", headers=headers, json=body)

    async def pay(self, member: Member, order_id: str) -> None:
        answer = await self._shop(
            "POST",
            f"/api/v1/trade/orders/{order_id}/pay",
            token=member.token,
            json={"channel": "wechat_h5", "return_url": f"{self.system.shop_url}/back"},
            key=str(uuid4()),
        )
        assert answer.status_code == 200, answer.text
        prepay_id = httpx.URL(answer.json()["redirect_url"]).path.rpartition("/")[2]
        result = await self.http.post(f"{self.system.sandbox.url}/desk/api/pay", json={"prepay_id": prepay_id})
        assert result.json()["result"] == "paid", result.text
        self.paid[order_id] = self.acknowledged[order_id]

    async def open_groups(self, members: Sequence[Member], product: Product, campaign_id: str) -> list[str]:
        """Each opens a group and pays; the groups' ids, once all are open to others."""
        orders = await asyncio.gather(*(self.buy(m, product, "open", campaign_id=campaign_id) for m in members))
        ids = [order["group_id"] for order in orders]
        count = "select count(*) from trade.buy_group where id = any(%s::uuid[]) and status = 'open'"
        await self.system.eventually(lambda: self.system.rows(count, ids) == [(len(ids),)])
        return ids

    async def _shop(
        self, method: str, path: str, *, token: str | None = None, key: str | None = None, json: Any = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    answer = await self.http.request(
                        method, f"{self.system.shop_url}{path}", headers=headers, json=json
                    )
                except httpx.HTTPError:
                    pass
                else:
                    if answer.status_code < 500:
                        return answer
                    if answer.status_code != 503 or "retry-after" not in answer.headers or not _is_problem(answer):
                        self.refusals.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                self.retries += 1
                await asyncio.sleep(0.3)

    def nothing_is_lost(self) -> None:
        """Every order that was acknowledged is there with its price, and every payment the cashier took."""
        rows = self.system.rows("select id::text, payable_fen, paid_fen from trade.shop_order")
        stored = {order_id: (payable, paid) for order_id, payable, paid in rows}
        lost = [order_id for order_id, fen in self.acknowledged.items() if stored.get(order_id, (0, 0))[0] != fen]
        unpaid = [order_id for order_id, fen in self.paid.items() if stored.get(order_id, (0, 0))[1] != fen]
        assert (lost, unpaid) == ([], [])


def _is_problem(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("content-type", "").startswith("application/problem+json"))
