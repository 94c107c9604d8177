"""Who may do what: roles, permissions, and whose data they reach."""

from uuid import UUID

import pytest

from chengtuan.platform.http.access import Staff
from chengtuan.platform.permissions import (
    PLATFORM_ROLES,
    ROLE_PERMISSIONS,
    AllMerchants,
    OneMerchant,
    Permission,
    Role,
    permissions_of,
    roles_fit,
    scope_of,
    usable_permissions,
)

MINE, OTHER = UUID(int=1), UUID(int=2)


def test_every_role_is_in_the_table_and_may_at_least_see_itself() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(Permission.OWN_ACCOUNT in permissions for permissions in ROLE_PERMISSIONS.values())


MIGHTIEST = {True: Role.PLATFORM_ADMIN, False: Role.MERCHANT_OWNER}
CHANGES: dict[Role, set[str]] = {
    Role.PLATFORM_ADMIN: {"reconciliation:edit", "background:edit", "staff:manage"},
    Role.PLATFORM_OPERATOR: {"reconciliation:edit", "background:edit"},
    Role.PLATFORM_AUDITOR: set(),
    Role.MERCHANT_OWNER: {
        *("products:edit", "stock:edit", "campaigns:edit", "orders:ship", "refunds:retry", "staff:manage"),
    },
    Role.MERCHANT_OPERATOR: {"products:edit", "stock:edit", "campaigns:edit"},
    Role.MERCHANT_WAREHOUSE: {"stock:edit", "orders:ship"},
    Role.MERCHANT_SERVICE: {"refunds:retry"},
    Role.MERCHANT_FINANCE: {"refunds:retry"},
}


@pytest.mark.parametrize("role", Role)
def test_what_each_role_may_change_is_no_accident(role: Role) -> None:
    """Said a second time: a line too many in the table would open a door and break nothing else."""
    own = ROLE_PERMISSIONS[role]
    assert {name.value for name in own if name.value.endswith((":edit", ":ship", ":retry", ":manage"))} == CHANGES[role]
    assert own <= ROLE_PERMISSIONS[MIGHTIEST[role in PLATFORM_ROLES]], "somebody can give each role"
    if role in PLATFORM_ROLES:
        assert not own & {Permission.SHOP_READ, Permission.ORDERS_CONTACT}, "it has no shop, and sends no parcel"


def test_who_sees_where_recipients_live_and_who_sees_the_books() -> None:
    holders = {
        permission: {role for role in Role if permission in ROLE_PERMISSIONS[role]}
        for permission in (Permission.ORDERS_CONTACT, Permission.LEDGER_READ)
    }
    owner = Role.MERCHANT_OWNER
    assert holders[Permission.ORDERS_CONTACT] == {owner, Role.MERCHANT_WAREHOUSE, Role.MERCHANT_SERVICE}
    assert holders[Permission.LEDGER_READ] == {owner, Role.MERCHANT_FINANCE, *PLATFORM_ROLES}


def test_a_password_that_others_know_allows_nothing_but_to_change_it() -> None:
    for role in Role:
        assert usable_permissions([role], must_change_password=True) == {Permission.OWN_ACCOUNT}
        assert usable_permissions([role], must_change_password=False) == ROLE_PERMISSIONS[role]
    assert usable_permissions(["stranger"], must_change_password=True) == frozenset()


@pytest.mark.parametrize("roles", [[], ["stranger"], ["PLATFORM_ADMIN"], [""]])
def test_an_unknown_role_allows_nothing(roles: list[str]) -> None:
    assert permissions_of(roles) == frozenset()
    assert scope_of(roles, None) is None
    assert Staff.of(MINE, None, roles) is None


def test_belonging_to_no_merchant_opens_nothing_by_itself() -> None:
    """A null in the column was the permission to see every merchant's orders."""
    assert scope_of([Role.MERCHANT_OWNER], None) is None
    assert Staff.of(MINE, None, [Role.MERCHANT_OWNER]) is None
    assert scope_of([Role.PLATFORM_ADMIN], None) == AllMerchants()
    assert scope_of([Role.PLATFORM_ADMIN], MINE) == OneMerchant(MINE), "a merchant narrows whatever the role is"


def test_a_scope_covers_what_it_names() -> None:
    assert (OneMerchant(MINE).covers(MINE), OneMerchant(MINE).covers(OTHER)) == (True, False)
    assert AllMerchants().covers(OTHER)
    assert OneMerchant(MINE).params() == {"all_merchants": False, "merchant": MINE}


FITTING: list[tuple[list[str], UUID | None, bool]] = [
    (["platform_admin"], None, True),
    (["merchant_owner"], MINE, True),
    (["merchant_owner"], None, False),
    (["platform_admin"], MINE, False),
    (["platform_admin", "merchant_owner"], None, False),
    (["merchant_owner", "stranger"], MINE, False),
    (["platform_operator", "platform_auditor"], None, True),
    (["merchant_operator", "merchant_warehouse", "merchant_service", "merchant_finance"], MINE, True),
    *(([str(role)], None, role.startswith("platform")) for role in Role),
    *(([str(role)], MINE, role.startswith("merchant")) for role in Role),
    ([], None, False),
    ([], MINE, False),
]


@pytest.mark.parametrize(("roles", "merchant_id", "fit"), FITTING)
def test_roles_fit_a_merchant_or_the_platform(roles: list[str], merchant_id: UUID | None, fit: bool) -> None:
    assert roles_fit(roles, merchant_id) is fit
