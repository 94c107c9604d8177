"""Signing in from the mini program, and the phone that WeChat vouches for."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.modules.accounts.support import ACCOUNTS, PHONE, cut_off, execute, facade_of, request, stored_text
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres


async def login_code(world: World, nickname: str = "Ann") -> tuple[str, str]:
    """A code as `wx.login` gives it, and the openid behind it."""
    answer = (await world.partner.post("/desk/api/login-code", json={"nickname": nickname})).json()
    return answer["code"], answer["openid"]


async def phone_code(world: World, phone: str) -> str:
    answer = await world.partner.post("/desk/api/phone-code", json={"phone": phone})
    return str(answer.json()["code"])


async def enter(world: World, code: str, language: str = "zh-TW") -> httpx.Response:
    return await world.client.post(
        f"{ACCOUNTS}/sessions/wechat", json={"code": code}, headers={"Accept-Language": language}
    )


async def sign_in(world: World, nickname: str = "Ann") -> tuple[Person, dict[str, Any]]:
    code, _ = await login_code(world, nickname)
    answer = await enter(world, code)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return Person(world.client, body["token"], body["user"]["id"]), body["user"]


async def test_a_person_of_wechat_gets_one_account(world: World) -> None:
    code, openid = await login_code(world)
    first = await enter(world, code, "en")
    assert first.status_code == 201, first.text
    me = first.json()["user"]
    assert (me["has_wechat"], me["phone_masked"]) == (True, None)
    _, again = await sign_in(world)
    assert again["id"] == me["id"]
    _, other = await sign_in(world, "Bob")
    assert other["id"] != me["id"]
    contacts = await facade_of(world).get_contacts(user_ids=[UUID(me["id"])])
    assert [(contact.openid, contact.phone) for contact in contacts] == [(openid, None)]


async def test_signing_in_twice_at_once_makes_one_account(world: World) -> None:
    codes = [(await login_code(world))[0] for _ in range(6)]
    answers = await asyncio.gather(*(enter(world, code) for code in codes))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["user"]["id"] for answer in answers}) == 1


async def test_the_session_key_is_not_kept(world: World) -> None:
    keys: list[str] = []

    async def remember(response: httpx.Response) -> None:
        if "jscode2session" in str(response.request.url):
            await response.aread()
            keys.append(response.json()["session_key"])

    world.composition.outside.event_hooks["response"] = [remember]
    _, me = await sign_in(world)
    assert len(keys) == 1
    assert keys[0] not in await stored_text(world)
    assert keys[0] not in str(me)


async def test_a_code_of_wechat_works_once(world: World) -> None:
    code, _ = await login_code(world)
    assert (await enter(world, code)).status_code == 201
    for bad in (code, "made-up"):
        answer = await enter(world, bad)
        assert (answer.status_code, answer.json()["code"]) == (401, "accounts/wechat-refused")


async def test_wechat_being_away_is_said_as_it_is(world: World) -> None:
    code, _ = await login_code(world)
    with cut_off(world, "/sns/jscode2session"):
        answer = await enter(world, code)
    assert (answer.status_code, answer.json()["code"]) == (503, "platform/partner-unavailable")
    assert await execute(world, "select count(*) from accounts.person") == [(0,)]
    assert (await enter(world, code)).status_code == 201


async def test_the_phone_of_wechat_is_bound_and_found_by_sms_sign_in(world: World) -> None:
    person, me = await sign_in(world)
    answer = await request(person, "POST", "me/phone/wechat", {"code": await phone_code(world, PHONE)})
    assert answer.status_code == 200, answer.text
    assert answer.json() == me | {"phone_masked": "138****8000"}
    by_phone = await world.sign_in(PHONE)
    assert str(by_phone.id) == me["id"]
    assert PHONE not in await stored_text(world)


async def test_a_phone_of_somebody_else_is_not_taken_over(world: World) -> None:
    await world.sign_in(PHONE)
    person, me = await sign_in(world)
    answer = await request(person, "POST", "me/phone/wechat", {"code": await phone_code(world, PHONE)})
    assert (answer.status_code, answer.json()["code"]) == (409, "accounts/phone-taken")
    assert (await person.get(f"{ACCOUNTS}/me")).json() == me


async def test_a_phone_can_be_exchanged_and_bound_again(world: World) -> None:
    person, _ = await sign_in(world)
    for phone in (PHONE, PHONE, "13900139000"):
        answer = await request(person, "POST", "me/phone/wechat", {"code": await phone_code(world, phone)})
        assert answer.status_code == 200
    assert (await person.get(f"{ACCOUNTS}/me")).json()["phone_masked"] == "139****9000"
    newcomer = await world.sign_in(PHONE)
    assert str(newcomer.id) != person.id


async def test_two_people_cannot_bind_one_phone_at_once(world: World) -> None:
    ann, _ = await sign_in(world, "Ann")
    bob, _ = await sign_in(world, "Bob")
    codes = [await phone_code(world, PHONE) for _ in range(2)]
    answers = await asyncio.gather(
        *(request(who, "POST", "me/phone/wechat", {"code": c}) for who, c in zip((ann, bob), codes, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_phone_code_that_wechat_refuses(world: World) -> None:
    person, _ = await sign_in(world)
    answer = await request(person, "POST", "me/phone/wechat", {"code": "made-up"})
    assert (answer.status_code, answer.json()["code"]) == (401, "accounts/wechat-refused")


BAD_REQUESTS: list[Any] = [{}, {"code": ""}, {"code": "x" * 300}, {"code": 7}, {"code": "a\u0000"}, None]


async def test_bad_requests_never_reach_wechat(world: World) -> None:
    for body in BAD_REQUESTS:
        answer = await world.client.post(f"{ACCOUNTS}/sessions/wechat", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request")
