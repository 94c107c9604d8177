"""What others' shops let strangers do at the door, and whom they locked out."""

from typing import cast
from uuid import uuid4

import httpx
import pytest

from chengtuan.modules.accounts.facade import AccountsFacade
from tests.modules.accounts.support import Code, enter, fresh_code
from tests.regressions.evidence import rows
from tests.support.shop import ADDRESS, PASSWORD, Shop
from tests.support.world import World

PHONE = "13800001111"
CODES, SESSIONS = "/api/v1/accounts/sms-codes", "/api/v1/accounts/sessions/phone"


async def _ask(world: World, address: str, phone: str = PHONE) -> httpx.Response:
    return await world.client.post(CODES, json={"phone": phone}, headers={"X-Forwarded-For": address})


async def _enter(world: World, address: str, code: str, request_id: str) -> httpx.Response:
    body = {"phone": PHONE, "code": code, "request_id": request_id}
    return await world.client.post(SESSIONS, json=body, headers={"X-Forwarded-For": address})


async def _newest_code(world: World) -> str:
    await world.settle()
    inbox = (await world.partner.get("/desk/api/sms", params={"phone": f"+86{PHONE}"})).json()
    return str(inbox["items"][0]["code"])


async def test_guesses_burn_the_guessers_code_and_nobody_elses(world: World) -> None:
    """https://github.com/AKVorrat/dearmep/issues/162: a limit per phone would let people lock others' numbers out;
    https://github.com/xr843/fojin/pull/902: without any limit six digits are found.
    """
    mine = (await _ask(world, "203.0.113.1")).json()["request_id"]
    code = await _newest_code(world)
    stranger = (await _ask(world, "198.51.100.1")).json()["request_id"]
    await world.settle()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    told = [(await _enter(world, "198.51.100.1", wrong, stranger)).json()["code"] for _ in range(6)]
    assert (told[0], told[-1]) == ("accounts/wrong-code", "accounts/code-expired")
    assert (await _enter(world, "198.51.100.1", code, stranger)).status_code == 401, "the code is bound to who asked"
    assert (await _enter(world, "203.0.113.1", code, mine)).status_code == 201


async def test_a_forged_address_frees_nobody_and_locks_nobody_out(world: World) -> None:
    """https://github.com/migadu/alps/pull/18, https://github.com/AndrewBelt/hack.chat/issues/15,
    https://github.com/nutcas3/lets-bet/issues/9

    The leftmost of the forwarded addresses was believed: each request from another one was free of limits, and
    with a victim's address the victim was locked out.
    """
    victim, attacker = "203.0.113.1", "198.51.100.1"
    told = [(await _ask(world, f"{victim}, 192.0.2.{n}, {attacker}", f"1390000{n:04d}")).status_code for n in range(40)]
    assert told[0] == 202
    assert told[-1] == 428, "who asks for many codes has to work for more"
    assert (await _ask(world, victim)).status_code == 202


async def test_nobodys_phone_rings_all_day(world: World) -> None:
    """https://github.com/shesha-io/shesha-framework/issues/4773, https://github.com/AI0TSec/Blog/issues/35 (短信轰炸),
    https://github.com/alphagov/notifications-admin/pull/5446: messages without end, and to expensive numbers abroad.
    """
    told = [(await _ask(world, f"203.0.113.{n}")).status_code for n in range(1, 15)]
    assert told == [202] * 12 + [429] * 2
    for abroad in ("+1 900 555 0100", "+252 61 5550100", "+44 7700 900123", "+882 16 5550100"):
        assert (await _ask(world, "192.0.2.1", abroad)).json()["code"] == "accounts/bad-phone"


async def test_whoever_is_shut_out_is_out_at_once(shop: Shop) -> None:
    """https://github.com/sanluan/PublicCMS/issues/83, https://github.com/nuxsmin/sysPass/issues/1181,
    https://github.com/pkp/pkp-lib/issues/9326, https://github.com/o2oa/o2oa/issues/155

    After a new password, or when the account was disabled, sessions went on; enabled again, so did the old ones.
    """
    accounts = cast("AccountsFacade", shop.world.composition.facades[AccountsFacade])
    login = f"owner-{shop.merchant_id.hex[-8:]}"

    async def may() -> int:
        return (await shop.merchant.get("/api/v1/trade/console/orders")).status_code

    assert await may() == 200
    await accounts.disable_staff(login=login)
    assert await may() == 401
    await accounts.enable_staff(login=login)
    assert await may() == 401
    fresh = await shop.world.staff(login, PASSWORD)
    await accounts.set_staff_password(login=login, password="another long password")
    assert (await fresh.get("/api/v1/trade/console/orders")).status_code == 401


async def test_there_is_one_default_address_whatever_is_done(shop: Shop) -> None:
    """https://github.com/bagisto/bagisto/issues/10802 (two defaults) and /issues/10270 (none after a new address),
    https://github.com/KanishJebaMathewM/Truxify/issues/3195 (none after a wrong id), https://github.com/opencart/opencart/pull/8972
    """
    buyer = await shop.shopper(1)
    path = "/api/v1/accounts/me/addresses"
    plain = ADDRESS | {"is_default": False}

    async def defaults() -> list[str]:
        return [a["id"] for a in (await buyer.person.get(path)).json()["items"] if a["is_default"]]

    second = (await buyer.person.post(path, plain | {"name": "乙"})).json()
    assert await defaults() == [buyer.address_id]
    chosen = await buyer.person.put(f"{path}/{second['id']}", ADDRESS | {"name": "乙", "version": second["version"]})
    assert (chosen.status_code, await defaults()) == (200, [second["id"]])
    missing = await buyer.person.put(f"{path}/{uuid4()}", ADDRESS | {"version": 1})
    assert (missing.status_code, await defaults()) == (404, [second["id"]])
    await buyer.person.client.delete(f"{path}/{second['id']}", headers=buyer.person._headers())
    assert await defaults() == [buyer.address_id]
    assert rows(shop, "select count(*) from accounts.address where is_default") == [(1,)]


PASTED = ["012345", " 012345 ", "012 345", "\u00a0012345\u200b", "０１２３４５", "\ufeff012\u2009345\n"]


async def test_a_code_is_six_figures_however_it_is_pasted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """https://github.com/Spomky-Labs/otphp/issues/27, https://github.com/makerspace/makeradmin/issues/651,
    https://github.com/devfolioco/react-otp-input/pull/73 (zeros in front were lost: one code in ten),
    https://github.com/authgear/authgear-server/issues/1474, https://github.com/mozilla/fxa/issues/2498 (spaces that
    came along when it was copied made it wrong).
    """
    monkeypatch.setattr("chengtuan.modules.accounts.codes.rules.secrets.randbelow", lambda _: 12345)
    for nth, typed in enumerate(PASTED):
        phone, address = f"1380000{nth:04d}", f"203.0.113.{nth}"
        code = await fresh_code(world, phone, address=address)
        assert code.text == "012345"
        for less in ("12345", "0123450"):
            assert (await enter(world, Code(less, code.request_id), phone)).status_code == 422
        entered = await enter(world, Code(typed, code.request_id), phone, address=address)
        assert entered.status_code == 201, (typed, entered.text)
