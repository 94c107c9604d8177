"""Openids and unionids from before they were encrypted are encrypted, a few people at a time."""

import structlog

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows import wechat_ids
from chengtuan.modules.accounts.people.rows.sealing import seal_wechat

log = structlog.get_logger(__name__)
_AT_ONCE = 200


async def seal_wechat_ids(ctx: AccountsContext) -> None:
    """Encrypt what an older release kept readable of WeChat's ids, until none is left; it may be interrupted.

    Somebody whom a process of the older release made a second account meanwhile keeps it as it is; a person is told.
    """
    while True:
        async with ctx.database.write() as tx:
            found = await wechat_ids.lock_unsealed(tx, _AT_ONCE)
            count = await wechat_ids.keep_sealed(
                tx, {row.id: seal_wechat(ctx.keys, row.openid, row.unionid) for row in found}
            )
        if count < len(found):
            log.error("wechat_account_twice", alert=True, people=len(found) - count)
        if len(found) < _AT_ONCE or not count:
            return
