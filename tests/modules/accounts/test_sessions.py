"""Sessions: how long they last, who they open the door for, and what is kept of them."""

from datetime import timedelta
from hashlib import sha256

import pytest

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.sessions import rules
from chengtuan.platform.permissions import Role
from tests.modules.accounts.support import ACCOUNTS, PHONE, execute, facade_of, stored_text
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres


async def status_of(person: Person) -> int:
    return (await person.get(f"{ACCOUNTS}/me")).status_code


async def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    person = await world.sign_in(PHONE)
    stored = await stored_text(world)
    assert person.token not in stored
    assert person.token.encode().hex() not in stored
    [(kept,)] = await execute(world, "select token_hash from accounts.session")
    assert kept == sha256(person.token.encode()).digest()


async def test_a_session_in_use_goes_on_and_a_forgotten_one_ends(world: World) -> None:
    person = await world.sign_in(PHONE)
    for _ in range(3):
        world.clock.advance(timedelta(days=29))
        assert await status_of(person) == 200
    world.clock.advance(timedelta(days=30))
    assert await status_of(person) == 401


async def test_using_a_session_writes_at_most_once_a_day(world: World) -> None:
    person = await world.sign_in(PHONE)
    seen = []
    for hours in (1, 22, 1, 1, 23):  # 1 h, 23 h, 24 h, 25 h and 48 h after signing in
        world.clock.advance(timedelta(hours=hours))
        assert await status_of(person) == 200
        [(renewed_at,)] = await execute(world, "select renewed_at from accounts.session")
        seen.append(world.clock.now() - renewed_at)
    assert seen == [timedelta(hours=h) for h in (1, 23, 0, 1, 0)]


async def test_signing_out_ends_this_session_and_no_other(world: World) -> None:
    first = await world.sign_in(PHONE)
    world.clock.advance(timedelta(hours=2))
    second = await world.sign_in(PHONE)
    answer = await first.client.delete(
        f"{ACCOUNTS}/sessions/current", headers={"Authorization": f"Bearer {first.token}"}
    )
    assert answer.status_code == 204
    assert (await status_of(first), await status_of(second)) == (401, 200)


STRANGE = [
    "",
    "Bearer",
    "Bearer ",
    "Basic abc",
    "Bearer " + "x" * 43,
    "Bearer " + "x" * 4000,
    "Bearer a b",
    "bearer \xff",
]


async def test_other_tokens_open_nothing(world: World) -> None:
    for header in STRANGE:
        answer = await world.client.get(f"{ACCOUNTS}/me", headers={b"Authorization": header.encode("latin-1")})
        assert (answer.status_code, answer.json()["code"]) == (401, "platform/not-signed-in")


async def test_a_shopper_is_no_staff_and_staff_no_shopper(world: World) -> None:
    await facade_of(world).add_staff(
        login="root", password="a good password", name="Root", roles=[Role.PLATFORM_ADMIN], merchant_id=None
    )
    shopper, staff = await world.sign_in(PHONE), await world.staff("root", "a good password")
    assert (await shopper.get(f"{ACCOUNTS}/staff/me")).status_code == 401
    assert (await staff.get(f"{ACCOUNTS}/me")).status_code == 401
    for token, path in ((shopper.token, "staff/sessions/current"), (staff.token, "sessions/current")):
        answer = await world.client.delete(f"{ACCOUNTS}/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    assert await status_of(shopper) == 200


async def test_a_staff_session_in_use_goes_on_for_a_week(world: World) -> None:
    await facade_of(world).add_staff(
        login="root", password="a good password", name="Root", roles=[Role.PLATFORM_ADMIN], merchant_id=None
    )
    staff = await world.staff("root", "a good password")
    span = rules.SPANS[rules.SessionKind.STAFF]
    began = world.clock.now()
    while world.clock.now() - began + timedelta(hours=11) < timedelta(days=7):
        world.clock.advance(timedelta(hours=11))
        assert (await staff.get(f"{ACCOUNTS}/staff/me")).status_code == 200
    state = (await staff.get(f"{ACCOUNTS}/staff/sessions/current")).json()
    assert state["expires_at"] == state["ends_at"] == "2026-06-08T04:00:00.000Z"
    assert (state["token"], state["staff"]["login"]) == (None, "root")
    assert span.at_most == timedelta(days=7)
    world.clock.advance(began + timedelta(days=7) - world.clock.now())
    assert (await staff.get(f"{ACCOUNTS}/staff/me")).status_code == 401


async def test_a_forgotten_staff_session_ends_after_twelve_hours(world: World) -> None:
    await facade_of(world).add_staff(
        login="root", password="a good password", name="Root", roles=[Role.PLATFORM_ADMIN], merchant_id=None
    )
    staff = await world.staff("root", "a good password")
    world.clock.advance(timedelta(hours=12))
    assert (await staff.get(f"{ACCOUNTS}/staff/me")).status_code == 401


async def test_what_is_over_is_swept_away(world: World) -> None:
    await world.sign_in(PHONE)
    runner = world.composition.running["accounts"].jobs
    await runner.prepare()
    world.clock.advance(timedelta(days=31))
    await runner.drain()
    assert await execute(world, "select count(*) from accounts.session") == [(0,)]
    assert await execute(world, "select count(*) from accounts.phone_code") == [(0,)]
    assert await execute(world, "select count(*) from accounts.device") == [(1,)]
    world.clock.advance(timedelta(days=150))
    await runner.drain()
    assert await execute(world, "select count(*) from accounts.device") == [(0,)]


async def test_the_facade_knows_nobody_behind_a_strange_token(world: World) -> None:
    facade: AccountsFacade = facade_of(world)
    for token in ("", "x" * 43, "令牌", "x" * 10_000):
        assert await facade.identify_shopper(token=token) is None
        assert await facade.identify_staff(token=token) is None
