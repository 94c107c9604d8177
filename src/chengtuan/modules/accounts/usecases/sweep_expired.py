from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.repository.expiry import RULES
from chengtuan.platform.retention import forget


async def sweep_expired(ctx: Accounts) -> None:
    """Forget sessions and codes that are over."""
    for rule in RULES:
        await forget(ctx.database, rule)
