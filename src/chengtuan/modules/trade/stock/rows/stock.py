"""Stock as people see and change it."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.topics import stock_topic
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class StockRow:
    sku_id: UUID
    on_hand: int
    available: int
    reserved: int


async def lock_stock(tx: WriteSession, sku_id: UUID) -> StockRow | None:
    taken(tx, Lock.STOCK, [sku_id])
    return await tx.fetch_one(
        StockRow, "select sku_id, on_hand, available, reserved from stock where sku_id = %s for update", (sku_id,)
    )


async def add_on_hand(tx: WriteSession, sku_id: UUID, delta: int) -> StockRow | None:
    """Add units, or take some out; None if orders hold what is to be taken."""
    tx.touch(stock_topic(sku_id))
    return await tx.fetch_one(
        StockRow,
        "update stock set on_hand = on_hand + %(n)s, available = available + %(n)s"
        " where sku_id = %(sku)s and available + %(n)s >= 0 returning sku_id, on_hand, available, reserved",
        {"n": delta, "sku": sku_id},
    )


async def count_on_hand(tx: WriteSession, sku_id: UUID, on_hand: int, *, expected: int) -> StockRow | None:
    """Correct the counted stock; None if it is not what was expected, or if more than that is reserved."""
    tx.touch(stock_topic(sku_id))
    return await tx.fetch_one(
        StockRow,
        "update stock set on_hand = %(n)s, available = %(n)s - reserved"
        " where sku_id = %(sku)s and on_hand = %(expected)s and reserved <= %(n)s"
        " returning sku_id, on_hand, available, reserved",
        {"n": on_hand, "sku": sku_id, "expected": expected},
    )


async def stock_of_product(db: ReadSession | WriteSession, product_id: UUID) -> list[StockRow]:
    return await db.fetch_all(
        StockRow,
        "select st.sku_id, st.on_hand, st.available, st.reserved from stock st"
        " join listing_sku s using (sku_id) where s.product_id = %s and s.active order by s.position",
        (product_id,),
    )
