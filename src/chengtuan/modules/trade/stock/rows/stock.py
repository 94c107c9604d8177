"""Stock as people see it: of all places together where they look, of the main one where they change it."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.trade.goods.rows import SOLD_STOCK
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.stock.rules import Stock
from chengtuan.platform.database import ReadSession, WriteSession


async def lock_stock(tx: WriteSession, sku_id: UUID) -> Stock | None:
    """In the main place, as it is and stays until the end of the transaction."""
    return (await lock_stocks(tx, [sku_id])).get(sku_id)


async def lock_stocks(tx: WriteSession, sku_ids: Sequence[UUID]) -> dict[UUID, Stock]:
    """Those of these variants that have stock in the main place."""
    taken(tx, Lock.STOCK, sku_ids)
    rows = await tx.fetch_all(
        Stock,
        "select st.sku_id, st.on_hand, st.available, st.reserved from "
        + SOLD_STOCK
        + " where st.sku_id = any(%s) order by st.sku_id for update of st",
        (list(sku_ids),),
    )
    return {row.sku_id: row for row in rows}


async def stock_of_product(db: ReadSession | WriteSession, product_id: UUID) -> list[Stock]:
    return await db.fetch_all(
        Stock,
        "select st.sku_id, sum(st.on_hand)::int as on_hand, sum(st.available)::int as available,"
        " sum(st.reserved)::int as reserved from stock st join listing_sku s using (sku_id)"
        " where s.product_id = %s and s.active group by st.sku_id, s.position order by s.position",
        (product_id,),
    )
