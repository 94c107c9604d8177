"""A whole purchase: submit, go to pay, pay at the provider's cashier, and wait until the order counts."""

import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.load.connection import Connection
from benchmarks.load.people import Buyer, Refused, step
from benchmarks.load.requests import get, post

_WAIT_S = 25
"""As pages do: the server answers when the money is there."""
_GIVE_UP_S = 60.0
_COUNTS = ("grouping", "to_ship")
_ORDERS = "/api/v1/trade/orders"


async def purchase(buyer: Buyer, shop: Connection, sandbox: Connection) -> list[str]:
    """The order and its group, if it has one. Raises Refused."""
    order = await step(shop, post(_ORDERS, buyer.wish, buyer.token, str(uuid4())))
    own = f"{_ORDERS}/{order['id']}"
    hand_over = await step(shop, post(f"{own}/pay", {"channel": "wechat_h5"}, buyer.token, str(uuid4())))
    prepay_id = urlsplit(hand_over["redirect_url"]).path.rpartition("/")[2]
    await step(sandbox, post("/desk/api/pay", {"prepay_id": prepay_id}))
    await _until_counted(shop, get(f"{own}?wait={_WAIT_S}", buyer.token))
    return [order["id"], order["group_id"] or ""]


async def _until_counted(shop: Connection, look: bytes) -> None:
    give_up = time.perf_counter() + _GIVE_UP_S
    while time.perf_counter() < give_up:
        answer: dict[str, Any] = await step(shop, look)
        if answer["status"] in _COUNTS:
            return
    raise Refused("never counted")
