"""The product's server without its row locks, for the rushes' controls: `python -m tests.concurrency.unguarded PORT`.

Only here: the product has no switch for it. Reading and writing are a moment apart, so that a race that is
there shows in every rush and not now and then.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from unittest.mock import patch

from chengtuan.apps import server
from chengtuan.apps.serving import serve_at_port
from chengtuan.modules.trade.admission.rows import snapshots
from chengtuan.modules.trade.admission.rows.facts import activities, buyers, goods, groups
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.modules.trade.flash.moves import take_holds
from chengtuan.modules.trade.flash.rows import snapshots as flash_snapshots
from chengtuan.modules.trade.flash.rows.stock import LOCK_STOCK
from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleSnapshot
from chengtuan.platform.database import WriteSession

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
_MOMENT_S = 0.05


def app() -> Asgi:
    for query in (buyers.LOCK, groups.ROWS, activities.ROWS, goods.ROWS):
        query.locked = None
    patch.object(flash_snapshots, "LOCK_STOCK", LOCK_STOCK.removesuffix(" for update")).start()
    patch.object(submit_order, "lock_snapshot", _slow_snapshot).start()
    patch.object(take_holds, "lock_sales", _slow_sales).start()
    return server.app()


async def _slow_snapshot(tx: WriteSession, wishes: Sequence[Wish], now: Any) -> Snapshot:
    snapshot = await snapshots.lock_snapshot(tx, wishes, now)
    await asyncio.sleep(_MOMENT_S)
    return snapshot


async def _slow_sales(tx: WriteSession, wishes: Sequence[HoldWish], now: datetime) -> SaleSnapshot:
    found = await flash_snapshots.lock_sales(tx, wishes, now)
    await asyncio.sleep(_MOMENT_S)
    return found


if __name__ == "__main__":
    serve_at_port("tests.concurrency.unguarded:app", port=int(sys.argv[1]), patience_s=10)
