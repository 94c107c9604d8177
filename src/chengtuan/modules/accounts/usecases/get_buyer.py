from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import AddressNotFound, Buyer, Profile
from chengtuan.modules.accounts.sealing import open_address


async def get_buyer(ctx: Accounts, user_id: UUID, address_id: UUID) -> Buyer:
    """Raises AddressNotFound, for another person's address too."""
    row = await ctx.buyers.find((user_id, address_id))
    if row is None:
        raise AddressNotFound
    profile = Profile(user_id=row.person_id, nickname=row.nickname, avatar=row.avatar)
    return Buyer(profile=profile, absorbed=row.absorbed, address=open_address(ctx.keys, row))
