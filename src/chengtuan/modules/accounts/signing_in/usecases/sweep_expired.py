from chengtuan.modules.accounts.codes import rows as phone_codes
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.sessions.rows import expiry
from chengtuan.platform.retention import forget


async def sweep_expired(ctx: AccountsContext) -> None:
    """Forget sessions, devices and codes that are over."""
    for rule in (*expiry.EXPIRED, phone_codes.EXPIRED):
        await forget(ctx.database, rule)
