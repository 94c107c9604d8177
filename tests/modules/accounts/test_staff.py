"""Console accounts: passwords, limits, and answers that tell nothing about logins."""

import asyncio
import statistics
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.modules.accounts.facade import LoginTaken
from chengtuan.modules.accounts.passwords import Passwords
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of, stored_text
from tests.support.world import World

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"


async def add_staff(world: World, login: str = "shop", **changes: Any) -> None:
    values: dict[str, Any] = {"name": "Lin", "roles": ["merchant_owner"], "merchant_id": uuid4()}
    await facade_of(world).add_staff(login=login, password=PASSWORD, **(values | changes))


async def enter(world: World, login: str, password: str) -> httpx.Response:
    return await world.client.post(f"{ACCOUNTS}/staff/sessions", json={"login": login, "password": password})


async def test_staff_sign_in_and_out(world: World) -> None:
    merchant_id = uuid4()
    await add_staff(world, "Shop@Example.com", merchant_id=merchant_id)
    answer = await enter(world, " shop@example.COM ", PASSWORD)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["expires_at"] == "2026-06-01T16:00:00.000Z"
    staff = body["staff"]
    assert (staff["login"], staff["name"]) == ("shop@example.com", "Lin")
    assert (staff["roles"], staff["merchant_id"]) == (["merchant_owner"], str(merchant_id))
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert (await world.client.get(f"{ACCOUNTS}/staff/me", headers=headers)).json() == staff
    identity = await facade_of(world).identify_staff(token=body["token"])
    assert identity is not None
    assert (str(identity.staff_id), identity.merchant_id) == (staff["id"], merchant_id)
    gone = await world.client.delete(f"{ACCOUNTS}/staff/sessions/current", headers=headers)
    assert gone.status_code == 204
    assert (await world.client.get(f"{ACCOUNTS}/staff/me", headers=headers)).status_code == 401


async def test_passwords_are_argon2id_hashes(world: World) -> None:
    await add_staff(world)
    [(stored,)] = await execute(world, "select password_hash from accounts.staff")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in await stored_text(world)


async def test_a_login_belongs_to_one_person(world: World) -> None:
    await add_staff(world, "shop")
    with pytest.raises(LoginTaken):
        await add_staff(world, " SHOP ")


async def test_wrong_login_and_wrong_password_look_alike(world: World) -> None:
    await add_staff(world)
    wrong, unknown = await enter(world, "shop", "wrong"), await enter(world, "nobody", "wrong")
    varying = {"request_id": None}
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() | varying == unknown.json() | varying
    assert wrong.json()["code"] == "accounts/wrong-password"


async def test_nobody_costs_the_same_work_as_somebody() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    times: dict[str | None, list[float]] = {stored: [], None: []}
    for _ in range(7):
        for known, taken in times.items():
            began = time.perf_counter()
            assert not await passwords.matches(known, "wrong")
            taken.append(time.perf_counter() - began)
    somebody, nobody = statistics.median(times[stored]), statistics.median(times[None])
    assert 0.5 < nobody / somebody < 2
    assert await passwords.matches(stored, PASSWORD)
    assert not await passwords.matches("no hash at all", PASSWORD)


async def test_checking_passwords_does_not_stop_the_loop() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    checks = asyncio.gather(*(passwords.matches(stored, "wrong") for _ in range(12)))
    beats = 0
    while not checks.done():
        await asyncio.sleep(0.002)
        beats += 1
    assert beats > 10
    assert await checks == [False] * 12


async def test_a_login_can_be_tried_ten_times_in_a_quarter_of_an_hour(world: World) -> None:
    await add_staff(world)
    answers = [await enter(world, "shop", f"guess {n}") for n in range(10)]
    assert {answer.status_code for answer in answers} == {401}
    refused = await enter(world, "SHOP", PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "platform/too-many-requests")
    assert 0 < refused.json()["retry_after_s"] <= 90
    world.clock.advance(timedelta(seconds=refused.json()["retry_after_s"]))
    assert (await enter(world, "shop", PASSWORD)).status_code == 201


async def test_an_address_can_try_fifty_logins_in_a_quarter_of_an_hour(world: World) -> None:
    answers = [await enter(world, f"login{n}", "guess") for n in range(51)]
    assert [answer.status_code for answer in answers] == [401] * 50 + [429]


BAD_REQUESTS: list[Any] = [
    {},
    {"login": "shop"},
    {"login": "", "password": "x"},
    {"login": "x" * 101, "password": "x"},
    {"login": "shop", "password": "x" * 201},
    {"login": "shop", "password": ["x"]},
    {"login": "shop\u0000", "password": "x"},
    "shop",
]


async def test_bad_requests_are_refused(world: World) -> None:
    for body in BAD_REQUESTS:
        answer = await world.client.post(f"{ACCOUNTS}/staff/sessions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request")
