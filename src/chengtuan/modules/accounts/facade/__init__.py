"""The only part of `accounts` that other modules may import."""

from chengtuan.modules.accounts.facade.contracts import (
    Address,
    Buyer,
    Contact,
    Profile,
    ShopperIdentity,
    StaffAccount,
    StaffIdentity,
)
from chengtuan.modules.accounts.facade.interface import AccountsFacade
from chengtuan.modules.accounts.facade.problems import (
    AddressNotFound,
    BadLogin,
    LoginTaken,
    ProvinceMismatch,
    RolesDoNotFit,
    StaffNotFound,
    WeakPassword,
)

__all__ = [
    "AccountsFacade",
    "Address",
    "AddressNotFound",
    "BadLogin",
    "Buyer",
    "Contact",
    "LoginTaken",
    "Profile",
    "ProvinceMismatch",
    "RolesDoNotFit",
    "ShopperIdentity",
    "StaffAccount",
    "StaffIdentity",
    "StaffNotFound",
    "WeakPassword",
]
