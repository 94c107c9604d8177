from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from chengtuan.modules.accounts.addresses.rows.buyers import BuyerKey, BuyerRow, find_buyers
from chengtuan.modules.accounts.addresses.rows.sealing import open_address
from chengtuan.modules.accounts.addresses.rules import check_province
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import AddressNotFound, Buyer, Profile
from chengtuan.platform.gather import Gatherer

Buyers: TypeAlias = Gatherer[BuyerKey, BuyerRow]
"""Every order asks for its buyer, so look-ups are gathered."""


def gathered_buyers(ctx: AccountsContext) -> Buyers:
    async def find(keys: Sequence[BuyerKey]) -> dict[BuyerKey, BuyerRow]:
        async with ctx.database.read() as db:
            rows = await find_buyers(db, keys)
        return {(row.asked_id, row.id): row for row in rows}

    return Gatherer(find)


async def get_buyer(ctx: AccountsContext, buyers: Buyers, user_id: UUID, address_id: UUID) -> Buyer:
    """Raises AddressNotFound, for another person's address too; ProvinceMismatch for what older releases took."""
    row = await buyers.find((user_id, address_id))
    if row is None:
        raise AddressNotFound
    address = open_address(ctx.keys, row)
    check_province(address)
    profile = Profile(user_id=row.person_id, nickname=row.nickname, avatar=row.avatar)
    return Buyer(profile=profile, absorbed=row.absorbed, address=address)
