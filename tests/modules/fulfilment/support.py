"""What the tests of `fulfilment` share: orders that are ready to be sent."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from chengtuan.gateways.wechat import MiniProgram, ShippingUpload
from tests.support.shop import ADDRESS, Buyer, Shop
from tests.support.world import Person

FULFILMENT = "/api/v1/fulfilment"
NUMBER = "SF1234567890123"


async def paid_order(shop: Shop, buyer: Buyer) -> str:
    """Bought alone through H5 and paid: the merchant's turn."""
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    return str(order["id"])


async def wechat_buyer(shop: Shop, nickname: str = "Ann") -> tuple[Buyer, str]:
    """Somebody of the mini program, and their openid."""
    world = shop.world
    code = (await world.partner.post("/desk/api/login-code", json={"nickname": nickname})).json()
    body = (await world.client.post("/api/v1/accounts/sessions/wechat", json={"code": code["code"]})).json()
    person = Person(world.client, body["token"], UUID(body["user"]["id"]))
    address = await person.post("/api/v1/accounts/me/addresses", ADDRESS)
    return Buyer(shop, person, address.json()["id"]), str(code["openid"])


async def order_paid_in_wechat(shop: Shop, buyer: Buyer, quantity: int = 1) -> str:
    order = await buyer.order("solo", quantity=quantity)
    answer = await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/pay", {"channel": "wechat_jsapi"})
    assert answer.status_code == 200, answer.text
    prepay_id = answer.json()["jsapi"]["package"].removeprefix("prepay_id=")
    paid = (await shop.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})).json()
    assert paid["result"] == "paid"
    await shop.world.settle()
    return str(order["id"])


async def try_ship(shop: Shop, order_id: str, number: str = NUMBER, carrier: str = "SF", **more: Any) -> httpx.Response:
    """With all that is left, unless `lines` say what."""
    body = {"carrier_code": carrier, "tracking_no": number} | more
    return await shop.merchant.post(f"{FULFILMENT}/console/orders/{order_id}/ship", body)


def pieces(**quantities: int) -> list[dict[str, int]]:
    """`pieces(l1=2, l3=1)`: lines of a parcel."""
    return [{"line": int(line[1:]), "quantity": quantity} for line, quantity in quantities.items()]


async def ship(shop: Shop, order_id: str, number: str = NUMBER, **more: Any) -> dict[str, Any]:
    answer = await try_ship(shop, order_id, number, **more)
    assert answer.status_code == 201, answer.text
    await shop.world.settle()
    return dict(answer.json())


async def parcels(shop: Shop, order_id: str) -> list[dict[str, Any]]:
    """As the merchant sees them."""
    answer = await shop.merchant.get(f"{FULFILMENT}/console/orders/{order_id}/parcels")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def only_parcel(shop: Shop, order_id: str) -> dict[str, Any]:
    (parcel,) = await parcels(shop, order_id)
    return parcel


def rows(shop: Shop, sql: str, *params: object) -> list[dict[str, Any]]:
    """Straight from the database."""
    url = shop.world.environ["CHENGTUAN_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        cursor = connection.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def once_reported(patch: pytest.MonkeyPatch, then: Callable[[], Awaitable[None]]) -> None:
    """Right after WeChat took the next report, and before we have kept that it did, `then` happens, once."""
    send = MiniProgram.upload_shipping_info

    async def reported(self: MiniProgram, report: ShippingUpload) -> None:
        patch.setattr(MiniProgram, "upload_shipping_info", send)
        await send(self, report)
        await then()

    patch.setattr(MiniProgram, "upload_shipping_info", reported)
