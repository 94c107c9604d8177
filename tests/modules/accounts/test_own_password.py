"""Changing one's own password."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.modules.accounts.staff.rules import first_password, is_login, is_password
from chengtuan.platform.passwords import Passwords, Rank
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of, proof_for
from tests.support.world import Person, World

PASSWORD, NEW = "correct horse battery", "a quite different one"


async def lin(world: World, **changes: Any) -> Person:
    account: dict[str, Any] = {
        "login": "lin",
        "name": "Lin",
        "roles": ["merchant_owner"],
        "merchant_id": uuid4(),
    } | changes
    await facade_of(world).add_staff(password=PASSWORD, **account)
    return await world.staff("lin", PASSWORD)


async def change(by: Person, current: str = PASSWORD, new: str = NEW, **more: Any) -> httpx.Response:
    return await by.post(f"{ACCOUNTS}/staff/me/password", {"current": current, "new": new, **more})


@pytest.mark.postgres
async def test_every_other_session_ends_and_this_one_stays(world: World) -> None:
    here = await lin(world)
    there = await world.staff("lin", PASSWORD)
    assert (await change(here)).status_code == 204
    assert (await here.get(f"{ACCOUNTS}/staff/me")).status_code == 200
    assert (await there.get(f"{ACCOUNTS}/staff/me")).status_code == 401
    assert await execute(world, "select count(*) from accounts.device") == [(0,)]
    await world.staff("lin", NEW)


@pytest.mark.postgres
async def test_what_cannot_be_is_refused_by_name(world: World) -> None:
    here = await lin(world)
    for current, new, code in (
        (PASSWORD, "short", "accounts/weak-password"),
        (PASSWORD, "x" * 201, "accounts/weak-password"),
        (PASSWORD, PASSWORD, "accounts/same-password"),
        ("a wrong one", NEW, "accounts/current-password-wrong"),
        ("", NEW, "platform/invalid-request"),
    ):
        answer = await change(here, current, new)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    await world.staff("lin", PASSWORD)


@pytest.mark.postgres
async def test_a_session_that_was_left_open_tells_no_password(world: World) -> None:
    here = await lin(world)
    for number in range(10):
        assert (await change(here, f"guess {number}")).status_code == 422
    refused = await change(here)
    assert (await change(here, proof=proof_for(refused))).status_code == 204


@pytest.mark.postgres
@pytest.mark.parametrize("guarded", [True, False])
async def test_a_password_set_meanwhile_by_somebody_else_stays(
    world: World, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The second run is the control: without the look at the old hash whoever was being shut out stays in."""
    here = await lin(world)
    compare = Passwords.matches

    async def compare_slowly(self: Passwords, stored: str | None, password: str, rank: Rank) -> bool:
        right = await compare(self, stored, password, rank)
        await facade_of(world).set_staff_password(login="lin", password="set by the owner")
        return right

    async def unconditionally(tx: Any, row: Any, password_hash: str) -> bool:
        await tx.execute("update staff set password_hash = %s where id = %s", (password_hash, row.id))
        return True

    with monkeypatch.context() as patched:
        patched.setattr(Passwords, "matches", compare_slowly)
        if not guarded:
            patched.setattr("chengtuan.modules.accounts.staff.rows.replace_own_password", unconditionally)
        assert (await change(here)).status_code == (422 if guarded else 204)
    answer = await world.client.post(f"{ACCOUNTS}/staff/sessions", json={"login": "lin", "password": NEW})
    assert answer.status_code == (401 if guarded else 201)


@pytest.mark.postgres
async def test_a_first_password_is_changed_before_anything_else(world: World) -> None:
    here = await lin(world, must_change_password=True)
    mine = "/api/v1/trade/console/orders"
    assert (await here.get(mine)).status_code == 403
    session = (await here.get(f"{ACCOUNTS}/staff/sessions/current")).json()
    assert session["staff"]["must_change_password"] is True
    assert (await change(here, new=PASSWORD)).json()["code"] == "accounts/same-password"
    assert (await change(here)).status_code == 204
    assert (await here.get(mine)).status_code == 200


def test_first_passwords_are_long_enough_and_none_is_like_another() -> None:
    made = {first_password() for _ in range(100)}
    assert len(made) == 100
    assert all(is_password(password) and len(password) == 19 for password in made)
    assert not set("".join(made)) & set("01loi"), "nor do signs look like others"


@pytest.mark.parametrize(
    ("login", "fit"),
    [
        ("wu", True),
        ("shanhai.warehouse", True),
        ("林小滿", True),
        ("wu@shop.example", True),
        ("山海.倉庫2", True),
        ("n\u0435w.guy", False),
        ("\u0440\u0430ura", False),
        ("\u043e\u0441\u043e", False),
        ("b\u0131ll", False),
        ("wu\u0663", False),
        ("林wu", True),
        ("w", False),
        ("", False),
        ("w u", False),
        ("wu\n", False),
        ("wu/../x", False),
        ("x" * 60, True),
        ("x" * 61, False),
    ],
)
def test_a_login_is_a_word(login: str, fit: bool) -> None:
    assert is_login(login) is fit
