"""Roles of staff: what the database refuses, and what becomes of rows from before it did."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import CheckViolation

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.modules.accounts.facade import RolesDoNotFit
from chengtuan.modules.accounts.module import ACCOUNTS as ACCOUNTS_MANIFEST
from chengtuan.platform.migrations import migrate
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of
from tests.platform.test_permissions import FITTING
from tests.support.guards import without_checks
from tests.support.world import World

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"
INSERT = (
    "insert into accounts.staff (id, login, password_hash, name, roles, merchant_id, created_at)"
    " values (%s, %s, '', 'Lin', %s, %s, now())"
)


def insert(url: str, roles: Sequence[str | None], merchant_id: UUID | None) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(INSERT, (uuid4(), uuid4().hex, list(roles), merchant_id))


@pytest.mark.parametrize(("roles", "merchant_id", "fit"), [*FITTING, ([None], None, False)])
async def test_the_database_knows_the_same_rule(
    world: World, database_url: str, roles: list[str], merchant_id: UUID | None, fit: bool
) -> None:
    if fit:
        insert(database_url, roles, merchant_id)
    else:
        with pytest.raises(CheckViolation):
            insert(database_url, roles, merchant_id)


async def test_an_account_that_could_never_sign_in_is_not_made(world: World) -> None:
    """An unknown role was stored, and made each of its sign-ins a 500."""
    for roles, merchant_id in ((["stranger"], uuid4()), (["merchant_owner"], None), (["platform_admin"], uuid4())):
        with pytest.raises(RolesDoNotFit):
            await facade_of(world).add_staff(
                login="x", password=PASSWORD, name="X", roles=roles, merchant_id=merchant_id
            )
    assert await execute(world, "select count(*) from accounts.staff") == [(0,)]


async def test_staff_are_told_what_they_may_do(world: World) -> None:
    await facade_of(world).add_staff(
        login="root", password=PASSWORD, name="Root", roles=["platform_admin"], merchant_id=None
    )
    answer = await world.client.post(f"{ACCOUNTS}/staff/sessions", json={"login": "root", "password": PASSWORD})
    staff: dict[str, Any] = answer.json()["staff"]
    assert "reconciliation:read" in staff["permissions"]
    assert "orders:read" in staff["permissions"]
    assert "orders:ship" not in staff["permissions"]
    assert staff["must_change_password"] is False


async def test_a_session_of_an_account_that_reaches_nobody_is_over(world: World, database_url: str) -> None:
    """Also where a row got past the constraint: a null must not open all merchants' orders."""
    await facade_of(world).add_staff(
        login="lin", password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=uuid4()
    )
    lin = await world.staff("lin", PASSWORD)
    with without_checks(database_url, ("accounts.staff", "ck_staff_roles")):
        await execute(world, "update accounts.staff set merchant_id = null returning id")
        answer = await lin.get("/api/v1/trade/console/orders")
        assert answer.status_code == 401


OLD: list[tuple[list[str], UUID | None, list[str], bool]] = [
    # roles and merchant as they were, roles as they are, whether the account can still be used
    (["merchant_owner"], uuid4(), ["merchant_owner"], True),
    (["platform_admin"], None, ["platform_admin"], True),
    (["platform_admin", "stranger"], None, ["platform_admin"], True),
    (["merchant_owner", "platform_admin"], uuid4(), ["merchant_owner"], True),
    (["merchant_owner"], None, ["merchant_owner"], False),
    (["stranger"], uuid4(), ["stranger"], False),
    ([], None, [], False),
]


def test_old_accounts_keep_what_fits_and_gain_nothing(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database old_roles")
    url = cluster.dsn("old_roles")
    migrate(url, [ACCOUNTS_MANIFEST], revision="accounts_0003")
    with psycopg.connect(url) as connection:
        for number, (roles, merchant_id, _, _) in enumerate(OLD):
            connection.execute(INSERT, (UUID(int=number), f"login{number}", roles, merchant_id))
            connection.execute(
                "insert into accounts.session (token_hash, kind, subject_id, created_at, renewed_at, expires_at)"
                " values (%s, 'staff', %s, now(), now(), now())",
                (bytes([number]), UUID(int=number)),
            )
    migrate(url, [ACCOUNTS_MANIFEST])
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select roles, disabled_at is null, exists (select 1 from accounts.session where subject_id = staff.id)"
            " from accounts.staff order by id"
        ).fetchall()
    assert found == [(roles, usable, usable) for _, _, roles, usable in OLD]
