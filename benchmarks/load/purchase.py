"""Load of whole purchases: submit, go to pay, pay at the provider's cashier, and wait until the order counts."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.load.connection import Connection, connect
from benchmarks.load.meter import Meter, Result
from benchmarks.load.requests import get, post
from benchmarks.load.single import refusal

_WAIT_S = 25
"""As pages do: the server answers when the money is there."""
_GIVE_UP_S = 60.0
_COUNTS = ("grouping", "to_ship")


class _Refused(Exception):
    """A step was answered with a problem."""


@dataclass(frozen=True)
class Buyer:
    """`wish` is the body of the order."""

    token: str
    wish: dict[str, Any]


async def drive(
    buyers: list[Buyer],
    *,
    port: int,
    sandbox_port: int,
    concurrency: int,
    warmup_s: float,
    seconds: float | None,
) -> Result:
    """Each buyer buys once; the result names their groups in the order of the buyers."""
    meter = Meter(warmup_s, seconds)
    supply = iter(enumerate(buyers))
    groups: dict[int, str] = {}
    shops = [_Shopping(await connect(port), await connect(sandbox_port)) for _ in range(concurrency)]
    ran_out = any(await asyncio.gather(*(_shop(each, supply, meter, groups) for each in shops)))
    for each in shops:
        each.close()
    result = meter.result(ran_out=ran_out)
    result.groups = [group for _, group in sorted(groups.items())]
    return result


async def _shop(
    shopping: "_Shopping", supply: Iterator[tuple[int, Buyer]], meter: Meter, groups: dict[int, str]
) -> bool:
    """Whether the buyers ran out."""
    while not meter.over():
        turn = next(supply, None)
        if turn is None:
            return True
        number, buyer = turn
        since = time.perf_counter()
        try:
            groups[number] = await shopping.buy(buyer)
        except _Refused as refused:
            meter.finished(since, str(refused))
        else:
            meter.finished(since, "ok")
    return False


class _Shopping:
    def __init__(self, shop: Connection, sandbox: Connection) -> None:
        self._shop = shop
        self._sandbox = sandbox

    async def buy(self, buyer: Buyer) -> str:
        """The order's group. Raises _Refused."""
        orders = "/api/v1/trade/orders"
        order = await _step(self._shop, post(orders, buyer.wish, buyer.token, str(uuid4())))
        own = f"{orders}/{order['id']}"
        payment = {"channel": "wechat_h5"}
        hand_over = await _step(self._shop, post(f"{own}/pay", payment, buyer.token, str(uuid4())))
        prepay_id = urlsplit(hand_over["redirect_url"]).path.rpartition("/")[2]
        await _step(self._sandbox, post("/desk/api/pay", {"prepay_id": prepay_id}))
        await self._until_counted(get(f"{own}?wait={_WAIT_S}", buyer.token))
        return str(order["group_id"])

    async def _until_counted(self, look: bytes) -> None:
        give_up = time.perf_counter() + _GIVE_UP_S
        while time.perf_counter() < give_up:
            if (await _step(self._shop, look))["status"] in _COUNTS:
                return
        raise _Refused("never counted")

    def close(self) -> None:
        self._shop.close()
        self._sandbox.close()


async def _step(connection: Connection, request: bytes) -> dict[str, Any]:
    status, body = await connection.answer(request)
    if status >= 300:
        raise _Refused(refusal(status, body))
    answer: dict[str, Any] = json.loads(body)
    return answer
