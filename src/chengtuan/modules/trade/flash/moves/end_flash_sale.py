"""A flash sale takes nobody any more: what nobody holds of it is free again. Orders and holds that exist stand."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.trade.activities.rows.activities import stop_activity
from chengtuan.modules.trade.flash.moves.allot import give_back
from chengtuan.modules.trade.flash.rows.stock import FlashStock, announce, lock_flash_stock, open_doors
from chengtuan.modules.trade.job_kinds import RELEASE_PRICES
from chengtuan.modules.trade.states import ActivityKind, StopReason
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, JobCall
from chengtuan.platform.permissions import Scope


async def end_flash_sale(tx: WriteSession, job: Job) -> None:
    """Its slot is over."""
    sale_id = UUID(job.ref)
    await _give_back_the_rest(tx, sale_id, await lock_flash_stock(tx, [sale_id]))


async def stop_sale(tx: WriteSession, sale_id: UUID, scope: Scope, reason: StopReason) -> bool:
    """False if it was stopped before, or is outside the scope."""
    stock = await lock_flash_stock(tx, [sale_id])
    if not await stop_activity(tx, ActivityKind.FLASH, sale_id, scope, reason):
        return False
    await _give_back_the_rest(tx, sale_id, stock)
    tx.schedule(JobCall(RELEASE_PRICES, str(sale_id), tx.clock.now()))
    return True


async def _give_back_the_rest(tx: WriteSession, sale_id: UUID, stock: Sequence[FlashStock]) -> None:
    await give_back(tx, sale_id, {row.sku_id: row.free for row in stock})
    announce(tx, [sale_id], zone=True)
    await open_doors(tx, [sale_id])
