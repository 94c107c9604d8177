"""The facade's implementation: each operation is the use case of its name."""

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.usecases.add_staff import add_staff
from chengtuan.modules.accounts.usecases.get_buyer import get_buyer
from chengtuan.modules.accounts.usecases.get_contacts import get_contacts
from chengtuan.modules.accounts.usecases.get_profiles import get_profiles
from chengtuan.modules.accounts.usecases.identify_session import identify_shopper, identify_staff
from chengtuan.modules.accounts.usecases.manage_addresses import get_address
from chengtuan.modules.accounts.usecases.manage_staff import (
    disable_staff,
    enable_staff,
    list_staff,
    set_staff_password,
    set_staff_roles,
)
from chengtuan.platform.facades import implement


def facade_of(ctx: Accounts) -> AccountsFacade:
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
