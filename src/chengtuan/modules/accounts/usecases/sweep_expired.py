from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.repository import sessions


async def sweep_expired(ctx: Accounts) -> None:
    """Forget sessions and codes that are over."""
    async with ctx.database.write() as tx:
        await sessions.delete_expired(tx)
