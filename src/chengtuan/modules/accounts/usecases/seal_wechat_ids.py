"""Openids and unionids from before they were encrypted are encrypted, a few people at a time."""

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.repository import wechat_ids
from chengtuan.modules.accounts.sealing import seal_wechat

_AT_ONCE = 200


async def seal_wechat_ids(ctx: Accounts) -> None:
    """Encrypt what an older release kept readable of WeChat's ids, until none is left; it may be interrupted."""
    while True:
        async with ctx.database.write() as tx:
            found = await wechat_ids.lock_unsealed(tx, _AT_ONCE)
            await wechat_ids.keep_sealed(tx, {row.id: seal_wechat(ctx.keys, row.openid, row.unionid) for row in found})
        if len(found) < _AT_ONCE:
            return
