"""Orders whose hold ran out are found by themselves: by whoever looks, once, and only those that nobody paid."""

from datetime import timedelta

import psycopg
import pytest

from chengtuan.modules.trade.orders.rows.lapsed import claim_lapsed
from tests.support.orders import order
from tests.support.shop import Shop

_JOBS = "select ref from trade.job where kind = 'expire_order'"
HOUR = timedelta(hours=1)


async def lapsed(shop: Shop) -> list[str]:
    async with shop.world.composition.running["trade"].database.write() as tx:
        return [str(order_id) for order_id in await claim_lapsed(tx, tx.clock.now(), 10)]


def jobs(database_url: str) -> list[str]:
    with psycopg.connect(database_url) as connection:
        return [ref for (ref,) in connection.execute(_JOBS).fetchall()]


async def test_an_order_has_no_job_before_its_time_is_over_and_none_if_it_is_paid(
    shop: Shop, database_url: str
) -> None:
    paid, unpaid = await order(shop, "to_ship"), await order(shop, "pending_payment")
    await shop.world.settle()
    assert jobs(database_url) == []
    assert await lapsed(shop) == []
    shop.world.clock.advance(HOUR)
    assert await lapsed(shop) == [unpaid.id]
    await shop.world.settle()
    assert (await unpaid.buyer.see(unpaid.id))["status"] == "cancelled"
    assert (await paid.buyer.see(paid.id))["status"] == "to_ship"
    assert jobs(database_url) == []


async def test_what_is_looked_into_or_held_by_somebody_is_left_alone(shop: Shop, database_url: str) -> None:
    unpaid = await order(shop, "pending_payment")
    shop.world.clock.advance(HOUR)
    with psycopg.connect(database_url) as other:
        other.execute("select from trade.shop_order where id = %s for update", (unpaid.id,))
        assert await lapsed(shop) == []
        other.rollback()
        assert await lapsed(shop) == [unpaid.id], "the control"
        other.execute(
            "insert into trade.job (kind, ref, due_at, payload) values ('expire_order', %s, now(), '{}')", (unpaid.id,)
        )
        other.commit()
    assert await lapsed(shop) == []


pytestmark = pytest.mark.postgres
