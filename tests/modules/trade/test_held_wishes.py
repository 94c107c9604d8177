"""Which wishes of a batch have to wait: those that need any row that somebody else holds, and no others."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.admission.rows.snapshots import lock_free_snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Wish, WishLine
from tests.concurrency.stage import another_product
from tests.support.shop import Shop

LOCKS = {
    "line": "select 1 from trade.stock where sku_id = %s for update",
    "buyer": "select pg_advisory_xact_lock(hashtextextended('trade.buyer:' || %s, 0))",
}


def wish(*skus: str, absorbed: frozenset[UUID] = frozenset()) -> Wish:
    values: dict[str, Any] = dict.fromkeys(("activity_id", "group_id", "expected_payable_fen"))
    return Wish(
        order_id=new_id(),
        request_id=new_id(),
        request_hash=b"",
        user_id=new_id(),
        mode=Mode.SOLO,
        lines=tuple(WishLine(UUID(sku), 1) for sku in skus),
        new_group_id=new_id(),
        province_code="440000",
        absorbed=absorbed,
        **values,
    )


@pytest.mark.parametrize("what", LOCKS)
async def test_a_wish_waits_for_every_line_and_for_every_id_of_its_buyer(
    shop: Shop, database_url: str, what: str
) -> None:
    other, absorbed = await another_product(shop), new_id()
    waits, free = wish(other, shop.sku_id, absorbed=frozenset({absorbed})), wish(other)
    database = shop.world.composition.running["trade"].database
    with psycopg.connect(database_url) as holder:
        holder.execute(LOCKS[what].encode(), (shop.sku_id if what == "line" else str(absorbed),))
        async with database.write() as tx:
            _, held = await lock_free_snapshot(tx, [waits, free], tx.clock.now())
    assert held == {waits.order_id}
