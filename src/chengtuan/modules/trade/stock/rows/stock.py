"""Stock as people see it: of all places together where they look, of the main one where they change it."""

from uuid import UUID

from chengtuan.modules.trade.goods.rows import SOLD_STOCK
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.stock.rules import Stock
from chengtuan.platform.database import ReadSession, WriteSession


async def lock_stock(tx: WriteSession, sku_id: UUID) -> Stock | None:
    """In the main place, as it is and stays until the end of the transaction."""
    taken(tx, Lock.STOCK, [sku_id])
    return await tx.fetch_one(
        Stock,
        "select st.sku_id, st.on_hand, st.available, st.reserved from "
        + SOLD_STOCK
        + " where st.sku_id = %s for update of st",
        (sku_id,),
    )


async def stock_of_product(db: ReadSession | WriteSession, product_id: UUID) -> list[Stock]:
    return await db.fetch_all(
        Stock,
        "select st.sku_id, sum(st.on_hand)::int as on_hand, sum(st.available)::int as available,"
        " sum(st.reserved)::int as reserved from stock st join listing_sku s using (sku_id)"
        " where s.product_id = %s and s.active group by st.sku_id, s.position order by s.position",
        (product_id,),
    )
