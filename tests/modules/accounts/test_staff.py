"""Console accounts: passwords, limits, and answers that tell nothing about logins."""

import asyncio
import contextlib
import statistics
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.kernel.problems import Overloaded
from chengtuan.modules.accounts.facade import LoginTaken
from chengtuan.modules.accounts.settings import AccountsSettings
from chengtuan.platform.passwords import Passwords, Rank
from chengtuan.platform.rate_limit import Added, RateLimiter, Use
from chengtuan.platform.settings import load_settings
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of, proof_for, stored_text
from tests.support.world import World

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"


async def add_staff(world: World, login: str = "shop", **changes: Any) -> None:
    values: dict[str, Any] = {"name": "Lin", "roles": ["merchant_owner"], "merchant_id": uuid4()}
    await facade_of(world).add_staff(login=login, password=PASSWORD, **(values | changes))


async def enter(world: World, login: str, password: str, **more: Any) -> httpx.Response:
    headers = {"X-Forwarded-For": address} if (address := more.pop("address", None)) else {}
    body = {"login": login, "password": password, **more}
    return await world.client.post(f"{ACCOUNTS}/staff/sessions", json=body, headers=headers)


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
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$"), "as cheap as the tests' settings make it"
    assert PASSWORD not in await stored_text(world)


async def test_without_settings_a_password_costs_what_is_advised() -> None:
    settings = load_settings(AccountsSettings, {})
    passwords = Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds)
    stored = await passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    cheaper = Passwords(memory_kib=8, rounds=1)
    assert await cheaper.matches(stored, PASSWORD), "what is stored says itself what it was made at"


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


async def test_a_strangers_guesses_lock_nobody_out(world: World) -> None:
    """Ten wrong passwords by anybody shut the owner out; one every 90 seconds kept it so for ever."""
    await add_staff(world)
    device = (await enter(world, "shop", PASSWORD)).json()["device"]
    for number in range(40):
        await enter(world, "shop", f"guess {number}", address=f"203.0.113.{number}")
    refused = await enter(world, "shop", "guess", address="203.0.113.77")
    assert refused.json()["code"] == "accounts/proof-needed"
    # a device that signed in before does not notice
    assert (await enter(world, "shop", PASSWORD, device=device)).status_code == 201
    # a new one works for a moment
    proof = proof_for(await enter(world, "shop", PASSWORD))
    assert (await enter(world, "shop", PASSWORD, proof=proof)).status_code == 201


async def test_without_its_own_count_a_known_device_would_have_to_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: it is the device's own count that lets it through."""

    async def nobody(*_: object) -> None:
        return None

    await add_staff(world)
    device = (await enter(world, "shop", PASSWORD)).json()["device"]
    for number in range(40):
        await enter(world, "shop", f"guess {number}", address=f"203.0.113.{number}")
    monkeypatch.setattr("chengtuan.modules.accounts.sessions.rows.devices.find_owner", nobody)
    assert (await enter(world, "shop", PASSWORD, device=device)).status_code == 428


async def test_ten_guesses_from_one_address_and_then_work_that_grows(world: World) -> None:
    await add_staff(world)
    answers = [await enter(world, "shop", f"guess {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [428]
    assert answers[-1].json()["bits"] == 15
    seen = []
    for number in range(11):
        refused = await enter(world, "shop", "guess")
        seen.append(refused.json()["bits"])
        assert (await enter(world, "shop", f"more {number}", proof=proof_for(refused))).status_code == 401
    assert seen == [15] + [16] * 10
    # elsewhere nobody notices
    assert (await enter(world, "shop", PASSWORD, address="203.0.113.1")).status_code == 201
    world.clock.advance(timedelta(hours=1))
    assert (await enter(world, "shop", PASSWORD)).status_code == 201


async def test_right_passwords_count_against_nobody(world: World) -> None:
    await add_staff(world)
    for _ in range(12):
        assert (await enter(world, "shop", PASSWORD)).status_code == 201


async def test_guesses_sent_at_once_see_each_other(world: World) -> None:
    await add_staff(world)
    answers = await asyncio.gather(*(enter(world, "shop", f"guess {number}") for number in range(20)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [428] * 10


async def test_a_crowd_without_proofs_clears_no_count(world: World) -> None:
    await add_staff(world)
    for number in range(10):
        await enter(world, "shop", f"guess {number}")
    answers = await asyncio.gather(*(enter(world, "shop", "guess") for _ in range(300)))
    assert {answer.status_code for answer in answers} == {428}
    assert (await enter(world, "shop", "guess")).status_code == 428


async def test_a_crowd_has_to_work_before_it_keeps_the_database_from_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hundred strangers waited in one line to have their tries counted, and everybody else behind them."""
    await add_staff(world)
    device = (await enter(world, "shop", PASSWORD)).json()["device"]
    counting, going = 0, asyncio.Event()
    add = RateLimiter.add

    async def slow(limiter: RateLimiter, subjects: Sequence[Use]) -> Added:
        nonlocal counting
        if subjects[0][0].name == "staff_pair" and counting < 64:
            counting += 1
            await going.wait()
        return await add(limiter, subjects)

    monkeypatch.setattr(RateLimiter, "add", slow)
    crowd = [asyncio.create_task(enter(world, f"login{n}", "guess", address=f"203.0.113.{n}")) for n in range(64)]
    async with asyncio.timeout(60):
        while counting < 64:
            await asyncio.sleep(0)
    assert (await enter(world, "shop", PASSWORD, device=device)).status_code == 201
    refused = await enter(world, "shop", PASSWORD, device="made-up")
    assert (refused.status_code, refused.json()["bits"]) == (428, 15)
    assert (await enter(world, "shop", PASSWORD, proof=proof_for(refused) | {"nonce": "no"})).status_code == 428
    proof = proof_for(refused)
    assert (await enter(world, "shop", PASSWORD, proof=proof)).status_code == 201
    assert (await enter(world, "shop", PASSWORD, proof=proof)).status_code == 428, "a second time"
    assert (await enter(world, "other", PASSWORD, proof=proof_for(refused))).status_code == 428, "another login"
    going.set()
    assert {answer.status_code for answer in await asyncio.gather(*crowd)} <= {401, 503}
    assert (await enter(world, "shop", PASSWORD)).status_code == 201, "and there is room again"


async def test_even_those_who_work_are_not_without_number() -> None:
    passwords = Passwords()
    with contextlib.ExitStack() as within:
        for rank in (Rank.STRANGER, Rank.WORKED):
            assert rank is not Rank.WORKED or passwords.crowded
            for _ in range(64):
                within.enter_context(passwords.room(rank))
            with pytest.raises(Overloaded), passwords.room(rank):
                pass
        with passwords.room(Rank.KNOWN):
            pass
    assert not passwords.crowded


async def test_a_proof_is_good_once_for_its_own_login_and_for_three_minutes(world: World) -> None:
    await add_staff(world)
    for number in range(10):
        await enter(world, "shop", f"guess {number}")
    proof = proof_for(await enter(world, "shop", "guess"))
    for number in range(10):
        await enter(world, "other", f"guess {number}")
    assert (await enter(world, "other", "guess", proof=proof)).status_code == 428, "another login"
    assert (await enter(world, "shop", "guess", proof=proof | {"nonce": "no"})).status_code == 428, "no work"
    forged = proof | {"challenge": "1" + proof["challenge"][2:]}
    assert (await enter(world, "shop", "guess", proof=forged)).status_code == 428, "an easier challenge"
    for odd in ("", "x", "15..", "." * 3, "15.x.y." + "0" * 32):
        assert (await enter(world, "shop", "guess", proof={"challenge": odd, "nonce": "1"})).status_code == 428
    assert (await enter(world, "shop", "guess", proof=proof)).status_code == 401
    assert (await enter(world, "shop", PASSWORD, proof=proof)).status_code == 428, "a second time"
    for number in range(3):  # so many that three minutes do not forget enough of them
        await enter(world, "shop", f"more {number}", proof=proof_for(await enter(world, "shop", "guess")))
    late = proof_for(await enter(world, "shop", "guess"))
    world.clock.advance(timedelta(minutes=3))
    refused = await enter(world, "shop", "guess", proof=late)
    assert refused.status_code == 428


async def test_an_address_can_try_fifty_logins_in_a_quarter_of_an_hour(world: World) -> None:
    answers = [await enter(world, f"login{n}", "guess") for n in range(51)]
    assert [answer.status_code for answer in answers] == [401] * 50 + [428]


async def test_a_crowd_of_strangers_is_refused_at_once_and_a_known_device_comes_first() -> None:
    """Two hundred waiting sign-ins held a real one for sixteen seconds."""
    begun: list[str] = []
    may_end = threading.Semaphore(0)

    class Watched(Passwords):
        def _verify(self, stored: str, password: str) -> bool:
            begun.append(password)
            may_end.acquire(timeout=60)
            return super()._verify(stored, password)

    passwords = Watched()
    stored = await passwords.hash("known")
    crowd = [asyncio.create_task(passwords.matches(stored, "stranger", Rank.STRANGER)) for _ in range(200)]
    await asyncio.sleep(0)
    known = asyncio.create_task(passwords.matches(stored, "known", Rank.KNOWN))
    await asyncio.sleep(0)
    refused = [task for task in crowd if task.done()]
    assert {type(task.exception()) for task in refused} == {Overloaded}
    assert len(refused) == 200 - 2 - 24
    for count in (2, 3):
        async with asyncio.timeout(60):
            while len(begun) < count:
                await asyncio.sleep(0.001)
        may_end.release()
    assert begun == ["stranger", "stranger", "known"], "it waits for those already being computed only"
    may_end.release(100)
    assert await known
    assert not any([await task for task in crowd if task not in refused])
    assert await passwords.matches(stored, "known"), "and the counter is free again"


async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    passwords = Passwords()
    tasks = [asyncio.create_task(passwords.matches(None, PASSWORD)) for _ in range(10)]
    await asyncio.sleep(0.001)
    for task in tasks[2:8]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome is False] == [False] * 4
    assert await asyncio.wait_for(passwords.matches(None, PASSWORD), 60) is False


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
