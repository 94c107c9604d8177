"""The shelf's cards follow what they are made of, a moment later; a check looks whether they do."""

from datetime import timedelta
from uuid import UUID

import structlog

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.shelf.rows import cards

log = structlog.get_logger(__name__)
_AT_ONCE = 500
"""Cards that one transaction makes; it lasts some ten milliseconds."""
CHECK_EVERY = timedelta(minutes=10)
_CHECKS_KEPT = timedelta(days=30)


async def refresh_cards(ctx: TradeContext) -> int:
    """Make anew what is marked or due, some of it; how much that was. Nothing is written where nothing is due."""
    now = ctx.clock.now()
    async with ctx.database.read() as db:
        if not await cards.anything_due(db, now):
            return 0
    async with ctx.database.write() as tx:
        if not await cards.try_lock_cards(tx):
            return 0
        due = await cards.claim_due(tx, now, _AT_ONCE)
        await cards.write_cards(tx, due, now)
    return len(due)


async def check_shelf_cards(ctx: TradeContext) -> int:
    """Compare every card with the truth, and make it so; how many differed without anybody having said so."""
    after: UUID | None = None
    checked = repaired = 0
    while True:
        async with ctx.database.write() as tx:
            now = tx.clock.now()
            await cards.lock_cards(tx)
            stretch = await cards.stretch_after(tx, after, _AT_ONCE)
            if stretch is None:
                await cards.record_check(tx, now, checked, repaired)
                await cards.forget_checks(tx, now - _CHECKS_KEPT)
                break
            repaired += await cards.repair_cards(tx, after, stretch.last, now)
            after, checked = stretch.last, checked + stretch.count
    if repaired:
        log.error("shelf_cards_repaired", checked=checked, repaired=repaired)
    return repaired
