"""Signing in with the code of a text message, and everything that guards it."""

import asyncio
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from chengtuan.modules.accounts.codes import rows as phone_codes
from chengtuan.modules.accounts.codes import rules
from chengtuan.modules.accounts.codes.rows import PhoneCodeRow
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.platform.database import WriteSession
from tests.modules.accounts.support import (
    ACCOUNTS,
    PHONE,
    Code,
    ask_code,
    cut_off,
    enter,
    execute,
    fresh_code,
    inbox,
    other_than,
    proof_for,
    received_code,
    stored_text,
)
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def test_a_new_phone_gets_an_account_and_keeps_it(world: World) -> None:
    first = await enter(world, await fresh_code(world))
    assert first.status_code == 201, first.text
    me = first.json()["user"]
    assert me["phone_masked"] == "138****8000"
    assert me["nickname"]
    assert me["has_wechat"] is False
    assert first.json()["expires_at"] == "2026-07-01T04:00:00.000Z"

    world.clock.advance(timedelta(hours=2))
    again = await enter(world, await fresh_code(world, "+86 138-0013-8000"), "+86 138-0013-8000")
    assert again.json()["user"]["id"] == me["id"]
    assert again.json()["token"] != first.json()["token"]


async def test_the_message_is_sent_by_the_job_and_not_by_the_request(world: World) -> None:
    answer = await ask_code(world)
    assert answer.json() | {"request_id": ""} == {"request_id": "", "retry_after_s": 60, "expires_in_s": 300}
    before = await inbox(world)
    assert before == []
    await world.settle()
    items = await inbox(world)
    assert [item["template"] for item in items] == ["sign_in_code"]


async def test_the_answer_is_the_same_for_a_known_phone(world: World) -> None:
    await world.sign_in(PHONE)
    world.clock.advance(timedelta(hours=2))
    known, unknown = await ask_code(world), await ask_code(world, "13800138001")
    varying = {"request_id": ""}
    assert known.status_code == unknown.status_code == 202
    assert known.json() | varying == unknown.json() | varying


async def test_neither_code_nor_phone_can_be_read_in_the_database_or_the_log(world: World) -> None:
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False)
    asked = await ask_code(world)
    assert asked.status_code == 202
    waiting = await stored_text(world)
    assert "deliver_phone_code" in waiting
    with cut_off(world, "/v1/messages"):
        await world.settle()
    world.clock.advance(timedelta(seconds=10))
    await world.settle()
    code = await received_code(world)
    await enter(world, Code(code, asked.json()["request_id"]))
    kept = await stored_text(world)
    for text in (waiting, kept, written.getvalue()):
        assert code not in text
        assert asked.json()["request_id"] not in text
        assert PHONE not in text
    assert "deliver_phone_code" not in kept
    assert "sms_unavailable" in written.getvalue(), "the failed attempt was logged"


async def test_five_wrong_guesses_end_a_code(world: World) -> None:
    code = await fresh_code(world)
    for left in (4, 3, 2, 1, 0):
        answer = await enter(world, other_than(code))
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["attempts_left"]) == ("accounts/wrong-code", left)
    assert (await enter(world, code)).json()["code"] == "accounts/code-expired"


async def test_guesses_sent_at_once_are_counted_one_by_one(world: World) -> None:
    code = await fresh_code(world)
    answers = await asyncio.gather(*(enter(world, other_than(code, n)) for n in range(1, 31)))
    outcomes = sorted(answer.json()["code"] for answer in answers)
    assert outcomes == ["accounts/code-expired"] * 25 + ["accounts/wrong-code"] * 5


async def test_without_the_count_guessing_would_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the conditional update is what stops a guesser."""

    async def look_only(tx: WriteSession, phone_index: bytes, _: bytes) -> PhoneCodeRow | None:
        return await tx.fetch_one(
            PhoneCodeRow,
            "select id, code_hash, attempts_left, expires_at from phone_code where phone_index = %s",
            (phone_index,),
        )

    code = await fresh_code(world)
    monkeypatch.setattr(phone_codes, "use_attempt", look_only)
    for _ in range(rules.MAX_ATTEMPTS + 1):
        assert (await enter(world, other_than(code))).json()["code"] == "accounts/wrong-code"
    assert (await enter(world, code)).status_code == 201


async def test_full_width_figures_are_figures(world: World) -> None:
    code = await fresh_code(world)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    answer = await enter(world, Code(code.text.translate(wide), code.request_id), PHONE.translate(wide))
    assert answer.status_code == 201, answer.text


async def test_a_code_opens_one_session_only(world: World) -> None:
    """Five attempts, whatever they say: those that are right get the same answer."""
    code = await fresh_code(world)
    answers = await asyncio.gather(*(enter(world, code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 201, 201, 401]
    told = {answer.text for answer in answers if answer.status_code == 201}
    assert len(told) == 1
    counts = "select (select count(*) from accounts.person), (select count(*) from accounts.session)"
    assert await execute(world, counts) == [(1, 1)]


async def test_who_lost_the_answer_repeats_the_request_and_gets_it(world: World) -> None:
    code = await fresh_code(world)
    first = await enter(world, code)
    world.clock.advance(timedelta(seconds=59))
    again = await enter(world, code)
    assert (again.status_code, again.json()) == (201, first.json())
    headers = {"Authorization": f"Bearer {again.json()['token']}"}
    assert (await world.client.get(f"{ACCOUNTS}/me", headers=headers)).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    assert (await enter(world, code)).json()["code"] == "accounts/code-expired"


async def test_a_used_code_is_as_hard_to_guess_as_a_fresh_one(world: World) -> None:
    code = await fresh_code(world)
    assert (await enter(world, code)).status_code == 201
    left = [(await enter(world, other_than(code, n))).json().get("attempts_left") for n in range(1, 6)]
    assert left == [3, 2, 1, 0, None]
    assert (await enter(world, code)).json()["code"] == "accounts/code-expired"


async def test_a_session_that_was_ended_does_not_come_back(world: World) -> None:
    code = await fresh_code(world)
    token = (await enter(world, code)).json()["token"]
    await world.client.delete(f"{ACCOUNTS}/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert (await enter(world, code)).json()["code"] == "accounts/code-expired"


async def test_the_request_alone_says_nothing_of_the_session(world: World) -> None:
    """What is handed out is made with our key, too."""
    code = await fresh_code(world)
    answer = (await enter(world, code)).json()
    assert len({code.request_id, answer["token"], answer["device"]}) == 3
    for guess in (code.request_id, answer["device"]):
        headers = {"Authorization": f"Bearer {guess}"}
        assert (await world.client.get(f"{ACCOUNTS}/me", headers=headers)).status_code == 401


async def test_a_code_is_good_for_its_own_phone_only(world: World) -> None:
    code = await fresh_code(world)
    other = await fresh_code(world, "13800138001")
    assert (await enter(world, code, "13800138001")).json()["code"] == "accounts/code-expired"
    if code.text != other.text:
        crossed = Code(code.text, other.request_id)
        assert (await enter(world, crossed, "13800138001")).json()["code"] == "accounts/wrong-code"


async def test_what_strangers_do_burns_nobodys_code(world: World) -> None:
    """Five wrong guesses by anybody ended a code; so did asking for another one."""
    mine = await fresh_code(world)
    for number in range(5):
        guessed = Code(other_than(mine, number + 1).text, "made up")
        assert (await enter(world, guessed)).json()["code"] == "accounts/code-expired"
    theirs = await fresh_code(world, address="203.0.113.9")
    for number in range(5):
        await enter(world, other_than(theirs, number + 1), address="203.0.113.9")
    assert (await enter(world, mine)).status_code == 201


async def test_without_the_request_a_stranger_would_burn_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is the request's secret that keeps strangers from the code."""
    take = phone_codes.use_attempt

    async def take_anybodys(tx: WriteSession, index: bytes, _: bytes) -> PhoneCodeRow | None:
        found = await tx.fetch_value("select request_hash from phone_code where phone_index = %s", (index,))
        return await take(tx, index, found)

    mine = await fresh_code(world)
    monkeypatch.setattr(phone_codes, "use_attempt", take_anybodys)
    for number in range(5):
        await enter(world, Code(other_than(mine, number + 1).text, "made up"))
    assert (await enter(world, mine)).json()["code"] == "accounts/code-expired"


async def test_two_codes_of_one_person_work_both(world: World) -> None:
    first = await fresh_code(world)
    world.clock.advance(timedelta(seconds=60))
    second = await fresh_code(world)
    assert (await enter(world, second)).status_code == 201
    assert (await enter(world, first)).status_code == 201


@pytest.mark.parametrize(("after_s", "status"), [(299, 201), (300, 401)])
async def test_a_code_lives_five_minutes(world: World, after_s: int, status: int) -> None:
    code = await fresh_code(world)
    world.clock.advance(timedelta(seconds=after_s))
    answer = await enter(world, code)
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "accounts/code-expired"


async def test_an_asker_gets_one_code_a_minute_and_works_for_more_than_five_an_hour(world: World) -> None:
    assert (await ask_code(world)).status_code == 202
    refused = await ask_code(world, PHONE)
    assert refused.status_code == 429
    assert refused.json()["code"] == "platform/too-many-requests"
    assert refused.json()["retry_after_s"] == 60
    assert refused.headers["retry-after"] == "60"
    for _ in range(4):
        world.clock.advance(timedelta(seconds=60))
        assert (await ask_code(world)).status_code == 202
    world.clock.advance(timedelta(seconds=60))
    proof = proof_for(await ask_code(world))
    assert (await ask_code(world, proof=proof)).status_code == 202


async def test_a_phone_does_not_ring_all_day(world: World) -> None:
    answers = [await ask_code(world, address=f"203.0.113.{number}") for number in range(13)]
    assert [answer.status_code for answer in answers] == [202] * 12 + [429]


async def test_a_device_that_signed_in_before_gets_its_code_whatever_strangers_ask_for(world: World) -> None:
    device = (await enter(world, await fresh_code(world))).json()["device"]
    world.clock.advance(timedelta(minutes=10))
    for number in range(13):
        await ask_code(world, address=f"203.0.113.{number}")
    assert (await ask_code(world, address="203.0.113.99")).status_code == 429
    await world.settle()
    world.clock.advance(timedelta(seconds=1))  # so that the newest message is the owner's
    again = await enter(world, await fresh_code(world, device=device), device=device)
    assert (again.status_code, again.json()["device"]) == (201, device)


async def test_a_device_is_known_for_its_own_phone_only(world: World) -> None:
    device = (await enter(world, await fresh_code(world))).json()["device"]
    for number in range(12):
        await ask_code(world, "13800138001", address=f"203.0.113.{number}")
    assert (await ask_code(world, "13800138001", device=device)).status_code == 429


async def test_a_whole_campus_behind_one_address_is_let_in(world: World) -> None:
    """Rule 16: an address alone never blocks. The 21st asks with work done, and so does everybody after."""
    phones = [f"138001380{number:02d}" for number in range(24)]
    answers = [await ask_code(world, phone) for phone in phones[:21]]
    assert [answer.status_code for answer in answers] == [202] * 20 + [428]
    limits = await execute(world, "select count(*) from accounts.rate_limit where key like 'phone_code_hour:%%'")
    assert limits == [(20,)], "who has to work first uses up nobody's phone"
    for phone in phones[20:]:
        proof = proof_for(await ask_code(world, phone))
        assert (await ask_code(world, phone, proof=proof)).status_code == 202
    assert "127.0.0.1" not in await stored_text(world)


async def test_an_address_guesses_fifty_codes_and_then_works_for_each(world: World) -> None:
    """Guesses had no limit per address: many phones, five guesses each."""
    codes = [await fresh_code(world, f"138001380{number:02d}", address=f"203.0.113.{number}") for number in range(11)]
    answers = [
        await enter(world, other_than(code, offset + 1), f"138001380{number:02d}")
        for number, code in enumerate(codes)
        for offset in range(5)
    ]
    assert [answer.status_code for answer in answers] == [401] * 50 + [428] * 5
    proof = proof_for(answers[-1])
    assert (await enter(world, codes[10], "13800138010", proof=proof)).status_code == 201


async def test_behind_our_own_proxy_the_visitors_address_counts(world: World) -> None:
    for number in range(25):
        answer = await world.client.post(
            f"{ACCOUNTS}/sms-codes",
            json={"phone": f"138001380{number:02d}"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
        assert answer.status_code == 202


async def test_the_vendor_may_be_away_for_a_while(world: World) -> None:
    asked = await ask_code(world)
    with cut_off(world, "/v1/messages"):
        await world.settle()
    assert await inbox(world) == []
    world.clock.advance(timedelta(seconds=5))
    await world.settle()
    code = Code(await received_code(world), asked.json()["request_id"])
    assert (await enter(world, code)).status_code == 201


async def test_codes_that_ran_out_before_they_could_be_sent_are_not_sent(world: World) -> None:
    await ask_code(world)
    world.clock.advance(timedelta(minutes=6))
    await world.settle()
    assert await inbox(world) == []
    assert await execute(world, "select count(*) from accounts.job where kind = 'deliver_phone_code'") == [(0,)]


async def test_messages_follow_the_language_of_the_last_sign_in(world: World) -> None:
    person = await world.sign_in(PHONE, "en-GB,en;q=0.9")
    facade = world.composition.facades[AccountsFacade]
    assert isinstance(facade, AccountsFacade)
    [contact] = await facade.get_contacts(user_ids=[person.id, UUID(int=1)])
    assert (contact.language, contact.phone, contact.openid) == ("en", "+8613800138000", None)
    world.clock.advance(timedelta(hours=2))
    await world.sign_in(PHONE, "zh-CN")
    [contact] = await facade.get_contacts(user_ids=[person.id])
    assert contact.language == "zh-Hans"


BAD_REQUESTS: list[tuple[str, Any, int, str]] = [
    ("sms-codes", {"phone": "12345678"}, 422, "accounts/bad-phone"),
    ("sms-codes", {"phone": "+12025550123"}, 422, "accounts/bad-phone"),
    ("sms-codes", {"phone": 13800138000}, 422, "platform/invalid-request"),
    ("sms-codes", {"phone": None}, 422, "platform/invalid-request"),
    ("sms-codes", {"phone": "1" * 5000}, 422, "platform/invalid-request"),
    ("sms-codes", {"phone": "138\u0000138000"}, 422, "platform/invalid-request"),
    ("sms-codes", {}, 422, "platform/invalid-request"),
    ("sms-codes", [], 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": PHONE, "code": "12345", "request_id": "x"}, 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": PHONE, "code": "１２３４５", "request_id": "x"}, 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": PHONE, "code": 123456, "request_id": "x"}, 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": PHONE, "code": "12345\n", "request_id": "x"}, 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": PHONE, "code": "123456", "request_id": "x"}, 401, "accounts/code-expired"),
    ("sessions/phone", {"phone": PHONE, "code": "123456"}, 422, "platform/invalid-request"),
    ("sessions/phone", {"phone": "abcdefgh", "code": "123456", "request_id": "x"}, 422, "accounts/bad-phone"),
]


async def test_bad_requests_are_refused_with_a_problem(world: World) -> None:
    for path, body, status, code in BAD_REQUESTS:
        answer = await world.client.post(f"{ACCOUNTS}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
