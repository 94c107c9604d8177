"""The facade's implementation: each operation is the use case of its name.

The two that every order asks gather their look-ups.
"""

from uuid import UUID

from chengtuan.modules.accounts.addresses.usecases.get_buyer import gathered_buyers
from chengtuan.modules.accounts.addresses.usecases.get_buyer import get_buyer as find_buyer
from chengtuan.modules.accounts.addresses.usecases.manage_addresses import get_address
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import AccountsFacade, Buyer, ShopperIdentity
from chengtuan.modules.accounts.people.usecases.get_contacts import get_contacts
from chengtuan.modules.accounts.people.usecases.get_profiles import get_profiles
from chengtuan.modules.accounts.sessions.usecases.identify_shopper import identify_shopper as identify
from chengtuan.modules.accounts.sessions.usecases.identify_shopper import open_sessions
from chengtuan.modules.accounts.staff.usecases.add_staff import add_staff
from chengtuan.modules.accounts.staff.usecases.identify_staff import identify_staff
from chengtuan.modules.accounts.staff.usecases.manage_staff import (
    disable_staff,
    enable_staff,
    list_staff,
    set_staff_password,
    set_staff_roles,
)
from chengtuan.platform.facades import implement


def facade_of(ctx: AccountsContext) -> AccountsFacade:
    sessions, buyers = open_sessions(ctx), gathered_buyers(ctx)

    async def identify_shopper(ctx: AccountsContext, token: str) -> ShopperIdentity | None:
        return await identify(ctx, sessions, token)

    async def get_buyer(ctx: AccountsContext, user_id: UUID, address_id: UUID) -> Buyer:
        return await find_buyer(ctx, buyers, user_id, address_id)

    return implement(
        AccountsFacade,
        ctx,
        identify_shopper,
        identify_staff,
        get_profiles,
        get_address,
        get_buyer,
        get_contacts,
        add_staff,
        set_staff_roles,
        list_staff,
        set_staff_password,
        disable_staff,
        enable_staff,
    )
