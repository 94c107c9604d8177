"""How these tests look at the system: its rows, the provider's books, and everything at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import httpx
import psycopg

from tests.support.invariants import violations
from tests.support.shop import Buyer, Shop

ORDERS = "/api/v1/trade/orders"


def rows(shop: Shop, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(query.encode(), values).fetchall()


async def at_once(*attempts: Awaitable[httpx.Response]) -> Counter[str]:
    """All at the same time: how often each was taken (`201`, `200`) or refused by which problem."""
    answers = await asyncio.gather(*attempts)
    return Counter(str(a.status_code) if a.status_code < 400 else str(a.json()["code"]) for a in answers)


async def buyers(shop: Shop, count: int) -> list[Buyer]:
    return [await shop.shopper(number) for number in range(1, count + 1)]


async def later(shop: Shop, **time: float) -> None:
    """Time passes, and what is due is done."""
    shop.world.clock.advance(timedelta(**time))
    await shop.world.settle()


async def ledger(shop: Shop) -> dict[str, Any]:
    """The provider's own list."""
    return dict((await shop.world.partner.get("/desk/api/ledger")).json())


async def sound(shop: Shop) -> None:
    """No rule is broken anywhere, and our books are the provider's."""
    url = shop.world.environ["CHENGTUAN_DATABASE_URL"]
    assert violations(url, ledger=await ledger(shop)) == []


async def misbehave(shop: Shop, kind: str, **how: float) -> None:
    answer = await shop.world.partner.post("/control/faults", json={"kind": kind, **how})
    assert answer.status_code == 201, answer.text
