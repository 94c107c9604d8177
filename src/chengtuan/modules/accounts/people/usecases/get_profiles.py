from uuid import UUID

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import Profile
from chengtuan.modules.accounts.people.rows import people


async def get_profiles(ctx: AccountsContext, user_ids: list[UUID]) -> list[Profile]:
    async with ctx.database.read() as db:
        return await people.list_profiles(db, user_ids)
