"""Who may do what: roles, permissions, and whose data they reach."""

from uuid import UUID

import pytest

from chengtuan.platform.http.access import Staff
from chengtuan.platform.permissions import (
    ROLE_PERMISSIONS,
    AllMerchants,
    OneMerchant,
    Permission,
    Role,
    permissions_of,
    roles_fit,
    scope_of,
)

MINE, OTHER = UUID(int=1), UUID(int=2)


def test_every_role_is_in_the_table_and_may_at_least_see_itself() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(Permission.OWN_ACCOUNT in permissions for permissions in ROLE_PERMISSIONS.values())


def test_what_each_role_may_is_no_accident() -> None:
    """Said a second time: a line too many in the table would open a door and break nothing else."""
    assert set(Permission) - ROLE_PERMISSIONS[Role.MERCHANT_OWNER] == {Permission.RECONCILIATION, Permission.BACKGROUND}
    changing = {name for name in Permission if name.value.endswith((":edit", ":ship", ":retry"))}
    assert len(changing) == 5
    assert not ROLE_PERMISSIONS[Role.PLATFORM_ADMIN] & changing, "the platform changes nothing of a merchant's"
    assert Permission.SHOP_READ not in ROLE_PERMISSIONS[Role.PLATFORM_ADMIN], "it has no shop of its own"


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
    ([], None, False),
    ([], MINE, False),
]


@pytest.mark.parametrize(("roles", "merchant_id", "fit"), FITTING)
def test_roles_fit_a_merchant_or_the_platform(roles: list[str], merchant_id: UUID | None, fit: bool) -> None:
    assert roles_fit(roles, merchant_id) is fit
