"""Logins, phones and codes mean the same whatever width a keyboard gives their letters and figures."""

import contextlib
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.errors import CheckViolation

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.modules.accounts.facade import LoginTaken
from chengtuan.modules.accounts.module import ACCOUNTS as ACCOUNTS_MANIFEST
from chengtuan.modules.accounts.staff.rules import is_login, normal_login, spellings
from chengtuan.platform.migrations import migrate
from tests.modules.accounts.support import ACCOUNTS, facade_of
from tests.support.guards import without_checks
from tests.support.rows import ask
from tests.support.world import World

PASSWORD = "correct horse battery"
INSERT = (
    "insert into accounts.staff (id, login, password_hash, name, roles, merchant_id, created_at)"
    " values (%s, %s, '', 'Lin', '{merchant_owner}', %s, now()) returning id"
)


async def add(world: World, login: str) -> None:
    await facade_of(world).add_staff(
        login=login, password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=uuid4()
    )


async def enter(world: World, login: str) -> httpx.Response:
    return await world.client.post(f"{ACCOUNTS}/staff/sessions", json={"login": login, "password": PASSWORD})


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Ｓｈａｎｈａｉ．Ｏｗｎｅｒ", "shanhai.owner"),
        ("ｌｉｎ＠１２３", "lin@123"),
        ("\u3000lin７ ", "lin7"),
        ("ℌ", "h"),
        ("山海", "山海"),
        ("ﾘﾝ", "リン"),
    ],
)
def test_one_login_has_one_spelling(typed: str, normal: str) -> None:
    assert normal_login(typed) == normal
    assert normal_login(normal) == normal
    assert normal in spellings(typed)


async def test_full_width_letters_and_figures_open_the_same_account(world: World) -> None:
    await add(world, "ｓｈｏｐ１")
    for typed in ("shop1", "SHOP１", "ｓｈｏｐ１"):
        answer = await enter(world, typed)
        assert (answer.status_code, answer.json()["staff"]["login"]) == (201, "shop1")
    with pytest.raises(LoginTaken):
        await add(world, "shop１")


@pytest.mark.parametrize("guarded", [True, False])
async def test_the_database_takes_no_second_spelling(world: World, database_url: str, guarded: bool) -> None:
    await add(world, "shop1")
    with contextlib.ExitStack() as stack:
        if guarded:
            stack.enter_context(pytest.raises(CheckViolation))
        else:
            stack.enter_context(without_checks(database_url, ("accounts.staff", "ck_staff_login")))
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(INSERT, (uuid4(), "shop１", uuid4()))


async def test_who_kept_an_older_spelling_signs_in_with_it(world: World, database_url: str) -> None:
    await add(world, "shop1")
    await add(world, "other")
    ask(
        database_url,
        "update accounts.staff set login = %s, as_before = true, name = 'Kept' where login = 'other' returning id",
        ("shop１",),
    )
    assert (await enter(world, "shop１")).json()["staff"]["name"] == "Kept"
    assert (await enter(world, "shop1")).json()["staff"]["name"] == "Lin"
    await facade_of(world).disable_staff(login="Shop１")
    assert (await enter(world, "shop1")).status_code == 201


def test_older_logins_become_plain_where_that_locks_nobody_out(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database old_logins")
    url = cluster.dsn("old_logins")
    migrate(url, [ACCOUNTS_MANIFEST], revision="accounts_0009")
    old = ["ｌｉｎ", "ｓｈｏｐ１", "shop１", "chen１", "chen1", "山海"]
    with psycopg.connect(url) as connection:
        for number, login in enumerate(old):
            connection.execute(INSERT, (UUID(int=number), login, uuid4()))
    migrate(url, [ACCOUNTS_MANIFEST])
    with psycopg.connect(url) as connection:
        found = connection.execute("select login, as_before from accounts.staff order by id").fetchall()
    # the older of two gets the plain spelling, and nobody loses one that they have
    assert found == [
        ("lin", False),
        ("shop1", False),
        ("shop１", True),
        ("chen１", True),
        ("chen1", False),
        ("山海", False),
    ]
    assert all(
        is_login(normal_login(login)) and {login, now} & set(spellings(login))
        for login, (now, _) in zip(old, found, strict=True)
        for login, (now, _) in zip(old, found, strict=True)
    )
