"""A whole flash purchase, up to the order: a ticket, its turn and its work, the hold, and waiting for the order."""

import asyncio
from itertools import count
from typing import Any
from uuid import uuid4

from benchmarks.load.connection import Connection
from benchmarks.load.people import Buyer, Refused, step
from benchmarks.load.requests import get, post
from chengtuan.kernel.proof_of_work import zero_bits

_WAIT_S = 20
_SALES = "/api/v1/trade/flash-sales"


async def order_by_hold(buyer: Buyer, shop: Connection, _: Connection) -> list[str]:
    """The order and no group. `wish` says `sale_id`. Raises Refused."""
    key, own = str(uuid4()), f"{_SALES}/{buyer.wish['sale_id']}"
    wanted = {name: value for name, value in buyer.wish.items() if name != "sale_id"}
    ticket = await step(shop, post(f"{own}/tickets", {}, buyer.token, key))
    await asyncio.sleep(ticket["wait_s"])
    hold = await step(shop, post(f"{own}/holds", wanted | shown(ticket), buyer.token, key))
    while hold["status"] == "held":
        hold = await step(shop, get(f"{_SALES}/holds/{hold['id']}?wait={_WAIT_S}", buyer.token))
    if hold["order_id"] is None:
        raise Refused(hold["problem"]["code"])
    return [hold["order_id"], ""]


def shown(ticket: dict[str, Any]) -> dict[str, str]:
    """What is shown of a ticket, with the work done."""
    text, bits = ticket["ticket"], ticket["bits"]
    return {"ticket": text, "proof": next(str(n) for n in count() if zero_bits(text, str(n)) >= bits)}
