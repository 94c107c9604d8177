"""The only part of `accounts` that other modules may import."""

from chengtuan.modules.accounts.facade.contracts import Address, Contact, Profile, StaffIdentity
from chengtuan.modules.accounts.facade.interface import AccountsFacade
from chengtuan.modules.accounts.facade.problems import AddressNotFound, LoginTaken

__all__ = [
    "AccountsFacade",
    "Address",
    "AddressNotFound",
    "Contact",
    "LoginTaken",
    "Profile",
    "StaffIdentity",
]
