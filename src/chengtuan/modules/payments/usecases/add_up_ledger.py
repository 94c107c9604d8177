import asyncio
from datetime import timedelta

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import ledger_sums
from chengtuan.platform.jobs import RetryLater

_LOOKS = 20
_BETWEEN_S = 0.05
_LATER = timedelta(seconds=10)


async def add_up_ledger(ctx: PaymentsContext) -> None:
    """Add what was booked to the sums that balances begin with. Raises RetryLater where somebody books for long."""
    async with ctx.database.read() as db:
        last = await ledger_sums.last_entry(db)
        writing = await ledger_sums.who_writes(db)
    await _wait_for(ctx, writing)
    more = True
    while more:
        async with ctx.database.write() as tx:
            more = await ledger_sums.add_up(tx, last)


async def _wait_for(ctx: PaymentsContext, writing: set[str]) -> None:
    for _ in range(_LOOKS):
        if not writing:
            return
        await asyncio.sleep(_BETWEEN_S)
        async with ctx.database.read() as db:
            writing &= await ledger_sums.who_writes(db)
    if writing:
        raise RetryLater(_LATER)
