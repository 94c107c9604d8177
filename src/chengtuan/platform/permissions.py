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
    ORDERS_CONTACT = "orders:contact"
    REFUNDS_READ = "refunds:read"
    REFUNDS_RETRY = "refunds:retry"
    LEDGER_READ = "ledger:read"
    STAFF_MANAGE = "staff:manage"
    RECONCILIATION_READ = "reconciliation:read"
    RECONCILIATION_EDIT = "reconciliation:edit"
    BACKGROUND_READ = "background:read"
    BACKGROUND_EDIT = "background:edit"


WITHIN_ANSWERS: frozenset[Permission] = frozenset({Permission.ORDERS_CONTACT})
"""No door of a route: what answers show to whom the route let in. Without `orders:contact` recipients are masked."""


class Role(StrEnum):
    """What a member of staff is. The database knows the same names (`staff.ck_staff_roles`)."""

    PLATFORM_ADMIN = "platform_admin"
    PLATFORM_OPERATOR = "platform_operator"
    PLATFORM_AUDITOR = "platform_auditor"
    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_OPERATOR = "merchant_operator"
    MERCHANT_WAREHOUSE = "merchant_warehouse"
    MERCHANT_SERVICE = "merchant_service"
    MERCHANT_FINANCE = "merchant_finance"


_ROLES: frozenset[str] = frozenset(Role)
PLATFORM_ROLES: frozenset[str] = frozenset({Role.PLATFORM_ADMIN, Role.PLATFORM_OPERATOR, Role.PLATFORM_AUDITOR})
"""Held by people of the platform: they belong to no merchant and see all. All other roles belong to one merchant."""

_P = Permission
_PLATFORM_SEES = frozenset(
    {
        _P.OWN_ACCOUNT,
        _P.STOCK_READ,
        _P.CAMPAIGNS_READ,
        _P.GROUPS_READ,
        _P.ORDERS_READ,
        _P.REFUNDS_READ,
        _P.LEDGER_READ,
        _P.RECONCILIATION_READ,
        _P.BACKGROUND_READ,
    }
)
"""Every merchant's business, without the recipients' names and phones."""
_PLATFORM_ACTS = frozenset({_P.RECONCILIATION_EDIT, _P.BACKGROUND_EDIT})
"""On what is the platform's own: nothing of a merchant's."""
_MERCHANT_ALL = frozenset(_P) - {_P.RECONCILIATION_READ, _P.BACKGROUND_READ} - _PLATFORM_ACTS
_MERCHANT_LEAST = frozenset({_P.OWN_ACCOUNT, _P.SHOP_READ, _P.ORDERS_READ})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.PLATFORM_ADMIN: _PLATFORM_SEES | _PLATFORM_ACTS | {_P.STAFF_MANAGE},
        Role.PLATFORM_OPERATOR: _PLATFORM_SEES | _PLATFORM_ACTS,
        Role.PLATFORM_AUDITOR: _PLATFORM_SEES,
        Role.MERCHANT_OWNER: _MERCHANT_ALL,
        # what is sold, at which price, and how much there is of it; who buys is not their matter
        Role.MERCHANT_OPERATOR: _MERCHANT_LEAST
        | {
            _P.PRODUCTS_READ,
            _P.PRODUCTS_EDIT,
            _P.STOCK_READ,
            _P.STOCK_EDIT,
            _P.CAMPAIGNS_READ,
            _P.CAMPAIGNS_EDIT,
            _P.GROUPS_READ,
        },
        # what has to leave the house, and to whom
        Role.MERCHANT_WAREHOUSE: _MERCHANT_LEAST
        | {_P.ORDERS_CONTACT, _P.ORDERS_SHIP, _P.PRODUCTS_READ, _P.STOCK_READ, _P.STOCK_EDIT},
        # answers buyers; trying a refund again decides neither its amount nor whose it is
        Role.MERCHANT_SERVICE: _MERCHANT_LEAST
        | {
            _P.ORDERS_CONTACT,
            _P.PRODUCTS_READ,
            _P.STOCK_READ,
            _P.CAMPAIGNS_READ,
            _P.GROUPS_READ,
            _P.REFUNDS_READ,
            _P.REFUNDS_RETRY,
        },
        # where the money is; no name, no phone and no address is needed for that
        Role.MERCHANT_FINANCE: _MERCHANT_LEAST | {_P.REFUNDS_READ, _P.REFUNDS_RETRY, _P.LEDGER_READ},
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


def usable_permissions(roles: Iterable[str], *, must_change_password: bool) -> frozenset[Permission]:
    """What they allow at this moment: nothing but the own account while the password is one that others know."""
    return permissions_of(roles) & ({Permission.OWN_ACCOUNT} if must_change_password else frozenset(Permission))


def scope_of(roles: Iterable[str], merchant_id: UUID | None) -> Scope | None:
    """Whose data somebody with these roles reaches; None for nobody's.

    Only a role of the platform opens all merchants' data: belonging to no merchant opens nothing.
    """
    if merchant_id is not None:
        return OneMerchant(merchant_id)
    return AllMerchants() if PLATFORM_ROLES.intersection(roles) else None


def roles_of(merchant_id: UUID | None) -> list[Role]:
    """The roles that there are for the people of a merchant, or of the platform."""
    return [role for role in Role if (role in PLATFORM_ROLES) is (merchant_id is None)]


def roles_fit(roles: Iterable[str], merchant_id: UUID | None) -> bool:
    """Whether a member of staff can be this: known roles, at least one, all of the platform or all of a merchant."""
    chosen = set(roles)
    return bool(chosen) and chosen <= set(roles_of(merchant_id))
