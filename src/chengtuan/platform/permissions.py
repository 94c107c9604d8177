"""What members of staff may do, and whose data they do it to. Nothing is allowed that is not written here.

A route names the permission it needs (`http/access.py`); the only source of permissions is the table
`ROLE_PERMISSIONS`; and reading for staff takes a `Scope`, never a merchant that may be None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID


class Permission(StrEnum):
    """Something a member of staff may be allowed to do. Whose data it reaches is the scope's matter."""

    OWN_ACCOUNT = "own-account"
    SHOP_READ = "shop:read"
    PRODUCTS_READ = "products:read"
    PRODUCTS_EDIT = "products:edit"
    STOCK_READ = "stock:read"
    STOCK_EDIT = "stock:edit"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_EDIT = "campaigns:edit"
    GROUPS_READ = "groups:read"
    ORDERS_READ = "orders:read"
    ORDERS_SHIP = "orders:ship"
    REFUNDS_READ = "refunds:read"
    REFUNDS_RETRY = "refunds:retry"
    LEDGER_READ = "ledger:read"
    RECONCILIATION = "reconciliation"
    BACKGROUND = "background"


class Role(StrEnum):
    """What a member of staff is. The database knows the same names (`staff.ck_staff_roles`)."""

    PLATFORM_ADMIN = "platform_admin"
    MERCHANT_OWNER = "merchant_owner"


_ROLES: frozenset[str] = frozenset(Role)
PLATFORM_ROLES: frozenset[str] = frozenset({Role.PLATFORM_ADMIN})
"""Held by people of the platform: they belong to no merchant and see all. All other roles belong to one merchant."""

_P = Permission
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        # sees every merchant's business and changes none of it
        Role.PLATFORM_ADMIN: frozenset(
            {
                _P.OWN_ACCOUNT,
                _P.STOCK_READ,
                _P.CAMPAIGNS_READ,
                _P.GROUPS_READ,
                _P.ORDERS_READ,
                _P.REFUNDS_READ,
                _P.LEDGER_READ,
                _P.RECONCILIATION,
                _P.BACKGROUND,
            }
        ),
        Role.MERCHANT_OWNER: frozenset(_P) - {_P.RECONCILIATION, _P.BACKGROUND},
    }
)


@dataclass(frozen=True, slots=True)
class OneMerchant:
    """The data of one merchant."""

    merchant_id: UUID

    def covers(self, merchant_id: UUID) -> bool:
        return merchant_id == self.merchant_id

    def params(self) -> dict[str, Any]:
        return {"all_merchants": False, "merchant": self.merchant_id}


@dataclass(frozen=True, slots=True)
class AllMerchants:
    """The data of every merchant."""

    def covers(self, _: UUID) -> bool:
        return True

    def params(self) -> dict[str, Any]:
        return {"all_merchants": True, "merchant": None}


Scope: TypeAlias = OneMerchant | AllMerchants
"""Whose data may be read. In SQL: `(%(all_merchants)s or merchant_id = %(merchant)s)` with `**scope.params()`."""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that the roles allow together; a role that this version does not know allows nothing."""
    return frozenset().union(*(ROLE_PERMISSIONS[Role(role)] for role in _ROLES.intersection(roles)))


def scope_of(roles: Iterable[str], merchant_id: UUID | None) -> Scope | None:
    """Whose data somebody with these roles reaches; None for nobody's.

    Only a role of the platform opens all merchants' data: belonging to no merchant opens nothing.
    """
    if merchant_id is not None:
        return OneMerchant(merchant_id)
    return AllMerchants() if PLATFORM_ROLES.intersection(roles) else None


def roles_fit(roles: Iterable[str], merchant_id: UUID | None) -> bool:
    """Whether a member of staff can be this: known roles, at least one, all of the platform or all of a merchant."""
    chosen = set(roles)
    allowed = PLATFORM_ROLES if merchant_id is None else _ROLES - PLATFORM_ROLES
    return bool(chosen) and chosen <= allowed
