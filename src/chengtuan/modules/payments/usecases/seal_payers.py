"""Payers and notices from before they were encrypted are encrypted, a few at a time."""

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import unsealed
from chengtuan.modules.payments.rows.sealing import seal_content, seal_payer

_AT_ONCE = 200


async def seal_payers(ctx: PaymentsContext) -> None:
    """Encrypt what an older release kept readable of payers, until none is left; it may be interrupted."""
    while True:
        async with ctx.database.write() as tx:
            payers = await unsealed.lock_payers(tx, _AT_ONCE)
            await unsealed.keep_payers(tx, {row.id: seal_payer(ctx.keys, row.openid) for row in payers})
            notices = await unsealed.lock_notices(tx, _AT_ONCE)
            await unsealed.keep_notices(tx, {row.notice_id: seal_content(ctx.keys, row.content) for row in notices})
        if max(len(payers), len(notices)) < _AT_ONCE:
            return
