"""People who do not need a screen: they sign in with WeChat and buy over the API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.journeys.running_shop import RunningShop

ADDRESS = {
    "name": "林小滿",
    "phone": "13900001111",
    "province_code": "440000",
    "province": "廣東省",
    "city": "深圳市",
    "district": "南山區",
    "detail": "科技園 1 號",
    "is_default": True,
}


@dataclass(frozen=True)
class Friend:
    """Somebody signed in by WeChat, with an address in Guangdong."""

    shop: RunningShop
    name: str
    token: str
    address_id: str

    async def call(self, method: str, path: str, body: Any = None, *, key: UUID | None = None) -> Any:
        """`key` is the Idempotency-Key, where it is not another one each time."""
        return await _call(self.shop, self.token, method, path, body, key=key)

    async def buy(self, mode: str, sku_id: str, **wish: Any) -> dict[str, Any]:
        """Orders one and pays at once; the order as the shop sees it once the money is there."""
        body = {"mode": mode, "sku_id": sku_id, "quantity": 1, "address_id": self.address_id} | wish
        order = await self.call("POST", "/trade/orders", body)
        await self.pay(order["id"])
        return await self.order(order["id"])

    async def pay(self, order_id: str) -> None:
        """Pays as in WeChat and waits until the shop knows."""
        hand_over = await self.call("POST", f"/trade/orders/{order_id}/pay", {"channel": "wechat_jsapi"})
        prepay_id = hand_over["jsapi"]["package"].removeprefix("prepay_id=")
        paid = (await self.shop.desk.post("/desk/api/pay", json={"prepay_id": prepay_id})).json()
        assert paid["result"] == "paid", f"{self.name} could not pay: {paid}"
        async with asyncio.timeout(30):
            while (await self.order(order_id))["status"] == "pending_payment":
                await asyncio.sleep(0.3)

    async def order(self, order_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self.call("GET", f"/trade/orders/{order_id}")
        return answer

    async def until(self, order_id: str, status: str, within_s: float = 45) -> dict[str, Any]:
        """Waits for the order to get into `status` by itself."""
        async with asyncio.timeout(within_s):
            while (order := await self.order(order_id))["status"] != status:
                await asyncio.sleep(0.5)
        return order


async def new_friend(shop: RunningShop, name: str) -> Friend:
    code = (await shop.desk.post("/desk/api/login-code", json={"nickname": name})).json()["code"]
    session = await _call(shop, "", "POST", "/accounts/sessions/wechat", {"code": code})
    token = session["token"]
    await _call(shop, token, "PATCH", "/accounts/me", {"nickname": name})
    address = await _call(shop, token, "POST", "/accounts/me/addresses", ADDRESS)
    return Friend(shop, name, token, address["id"])


async def _call(shop: RunningShop, token: str, method: str, path: str, body: Any, *, key: UUID | None = None) -> Any:
    headers = {"Idempotency-Key": str(key or uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = await shop.api.request(method, path, json=body, headers=headers)
    assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
