"""Unpaid orders whose time is over, but for those that a job looks into already."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.job_kinds import EXPIRE_ORDER
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.platform.database import ReadSession, WriteSession

_LAPSED: LiteralString = (
    "select o.id from shop_order o where o.status = 'pending_payment' and o.pay_before <= %s"
    " and not exists (select from job j where j.kind = %s and j.ref = o.id::text) order by o.pay_before limit %s"
)


async def anything_lapsed(db: ReadSession, now: datetime) -> bool:
    return await db.fetch_value(_LAPSED, (now, EXPIRE_ORDER, 1)) is not None


async def claim_lapsed(tx: WriteSession, now: datetime, limit: int) -> list[UUID]:
    """Some of them, those that ran out first. What somebody else holds is left for the next time."""
    rows = await tx.fetch_tuples(_LAPSED + " for no key update of o skip locked", (now, EXPIRE_ORDER, limit))
    ids = [row[0] for row in rows]
    taken(tx, Lock.ORDER, ids)
    return ids
