"""What tests ask about stock."""

from typing import Any

import psycopg

from tests.support.shop import Shop


async def trace(shop: Shop, **query: str) -> list[dict[str, Any]]:
    answer = await shop.merchant.get(f"/api/v1/trade/console/stock/{shop.sku_id}/movements", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def step(line: dict[str, Any]) -> tuple[str, int, int, str | None]:
    """Why, what was in the house and what was free after it, and for which order."""
    return line["reason"], line["on_hand"]["after"], line["available"]["after"], line["order_number"]


def rows(shop: Shop, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        return connection.execute(query.encode()).fetchall()
