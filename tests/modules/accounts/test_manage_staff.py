"""Changing passwords and shutting accounts: whoever was in is out, at once and everywhere."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from chengtuan.modules.accounts.facade import AccountsFacade, RolesDoNotFit, StaffNotFound, WeakPassword
from chengtuan.platform.passwords import Passwords, Rank
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of
from tests.support.world import World

pytestmark = pytest.mark.postgres
PASSWORD, NEW = "correct horse battery", "a quite different one"


async def add(world: World) -> AccountsFacade:
    accounts = facade_of(world)
    await accounts.add_staff(login="lin", password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=uuid4())
    return accounts


async def enter(world: World, password: str) -> int:
    body = {"login": "lin", "password": password}
    return (await world.client.post(f"{ACCOUNTS}/staff/sessions", json=body)).status_code


async def test_a_new_password_ends_the_sessions_and_forgets_the_devices(world: World) -> None:
    accounts = await add(world)
    first, second = await world.staff("lin", PASSWORD), await world.staff("lin", PASSWORD)
    await accounts.set_staff_password(login=" Lin ", password=NEW)
    for session in (first, second):
        assert (await session.get(f"{ACCOUNTS}/staff/me")).status_code == 401
    assert await execute(world, "select count(*) from accounts.device") == [(0,)]
    assert (await enter(world, PASSWORD), await enter(world, NEW)) == (401, 201)


async def test_a_disabled_account_is_out_until_it_is_enabled(world: World) -> None:
    accounts = await add(world)
    session = await world.staff("lin", PASSWORD)
    await accounts.disable_staff(login="lin")
    assert (await session.get(f"{ACCOUNTS}/staff/me")).status_code == 401
    assert await enter(world, PASSWORD) == 401
    [account] = await accounts.list_staff()
    assert account.disabled_at == world.clock.now()
    await accounts.enable_staff(login="lin")
    assert await enter(world, PASSWORD) == 201


async def test_what_cannot_be_is_refused(world: World) -> None:
    accounts = await add(world)
    for short_or_long in ("", "x" * 9, "x" * 201):
        with pytest.raises(WeakPassword):
            await accounts.set_staff_password(login="lin", password=short_or_long)
    for act in (accounts.disable_staff, accounts.enable_staff):
        with pytest.raises(StaffNotFound):
            await act(login="nobody")
    with pytest.raises(StaffNotFound):
        await accounts.set_staff_password(login="nobody", password=NEW)
    await accounts.disable_staff(login="lin")
    await execute(world, "update accounts.staff set roles = array['stranger'] returning id")
    with pytest.raises(RolesDoNotFit):
        await accounts.enable_staff(login="lin")


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_password_changed_while_the_old_one_is_compared_lets_nobody_in(
    world: World, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The second run is the control: it is the look at the row that sees the change."""
    accounts = await add(world)
    matches: Callable[..., Awaitable[bool]] = Passwords.matches

    async def matches_slowly(self: Passwords, stored: str | None, password: str, rank: Rank) -> bool:
        right = await matches(self, stored, password, rank)
        await accounts.set_staff_password(login="lin", password=NEW)
        return right

    async def unseen(*_: object) -> bool:
        return True

    monkeypatch.setattr(Passwords, "matches", matches_slowly)
    if not guarded:
        monkeypatch.setattr("chengtuan.modules.accounts.staff.rows.lock_unchanged", unseen)
    assert await enter(world, PASSWORD) == (401 if guarded else 201)
