"""One person, two accounts: proof of both makes them one."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chengtuan.modules.accounts.addresses.usecases.manage_addresses import MAX_ADDRESSES
from tests.modules.accounts.support import (
    ACCOUNTS,
    ADDRESS,
    PHONE,
    Code,
    execute,
    facade_of,
    fresh_code,
    other_than,
    request,
)
from tests.modules.accounts.test_wechat import phone_code
from tests.modules.accounts.test_wechat import sign_in as in_wechat
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres
LATER = timedelta(hours=1)


async def prove_by_wechat(world: World, person: Person, phone: str = PHONE) -> httpx.Response:
    return await request(person, "POST", "me/phone/wechat", {"code": await phone_code(world, phone)})


async def prove_by_code(world: World, person: Person, phone: str = PHONE) -> httpx.Response:
    return await bind(person, await fresh_code(world, phone), phone)


async def bind(person: Person, code: Code, phone: str = PHONE) -> httpx.Response:
    typed = {"phone": phone, "code": code.text, "request_id": code.request_id}
    return await request(person, "POST", "me/phone", typed)


async def unite(person: Person, refused: httpx.Response) -> httpx.Response:
    assert (refused.status_code, refused.json()["code"]) == (409, "accounts/phone-taken"), refused.text
    return await request(person, "POST", "me/union", {"claim": refused.json()["claim"]})


async def me_of(person: Person) -> dict[str, Any]:
    answer = await person.get(f"{ACCOUNTS}/me")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("prove", [prove_by_wechat, prove_by_code])
@pytest.mark.parametrize("phone_first", [True, False])
@pytest.mark.feature("X1")
async def test_a_person_of_wechat_and_a_phone_become_one_account(world: World, prove: Any, phone_first: bool) -> None:
    """Whichever is older stays, with its name; both ways of signing in lead to it."""
    if phone_first:
        by_phone, sms_me = await _by_phone(world)
        world.clock.advance(LATER)
        wechat, wechat_me = await in_wechat(world)
    else:
        wechat, wechat_me = await in_wechat(world)
        world.clock.advance(LATER)
        by_phone, sms_me = await _by_phone(world)
    world.clock.advance(LATER)
    refused = await prove(world, wechat)
    assert {name: refused.json()[name] for name in ("nickname", "avatar", "phone_masked")} == {
        name: sms_me[name] for name in ("nickname", "avatar", "phone_masked")
    }
    united = await unite(wechat, refused)
    assert united.status_code == 200, united.text
    older = sms_me if phone_first else wechat_me
    assert united.json() == older | {"phone_masked": "138****8000", "has_wechat": True}
    assert await me_of(wechat) == united.json()
    assert (await by_phone.get(f"{ACCOUNTS}/me")).status_code == 401
    world.clock.advance(LATER)
    assert str((await world.sign_in(PHONE)).id) == older["id"]
    assert (await in_wechat(world))[1]["id"] == older["id"]
    both = {UUID(sms_me["id"]), UUID(wechat_me["id"])}
    identity = await facade_of(world).identify_shopper(token=wechat.token)
    assert identity is not None
    assert {identity.user_id, *identity.absorbed} == both
    contacts = await facade_of(world).get_contacts(user_ids=sorted(both))
    assert [(c.phone, c.openid is not None, set(c.accounts)) for c in contacts] == [("+8613800138000", True, both)] * 2


async def _by_phone(world: World, phone: str = PHONE) -> tuple[Person, dict[str, Any]]:
    person = await world.sign_in(phone)
    return person, await me_of(person)


async def test_both_address_books_are_kept_with_one_default(world: World) -> None:
    by_phone, _ = await _by_phone(world)
    wechat, _ = await in_wechat(world)
    own = range(MAX_ADDRESSES // 2)
    for person, details in ((by_phone, ["home", *own]), (wechat, ["home", *(-number - 1 for number in own)])):
        for detail in details:
            answer = await request(person, "POST", "me/addresses", ADDRESS | {"detail": str(detail)})
            assert answer.status_code == 201
    kept = (await by_phone.get(f"{ACCOUNTS}/me/addresses")).json()["items"]
    assert (await unite(wechat, await prove_by_wechat(world, wechat))).status_code == 200
    book = (await wechat.get(f"{ACCOUNTS}/me/addresses")).json()["items"]
    assert len(book) == MAX_ADDRESSES + 2, "none is dropped: an order may be under way to it"
    assert [one["id"] for one in book if one["is_default"]] == [kept[0]["id"]]
    full = await request(wechat, "POST", "me/addresses", ADDRESS | {"detail": "one more"})
    assert full.json()["code"] == "accounts/too-many-addresses"


async def test_two_people_of_wechat_are_not_united(world: World) -> None:
    ann, _ = await in_wechat(world, "Ann")
    assert (await prove_by_wechat(world, ann)).status_code == 200
    bob, me = await in_wechat(world, "Bob")
    for prove in (prove_by_wechat, prove_by_code):
        world.clock.advance(LATER)
        refused = await prove(world, bob)
        assert (refused.status_code, refused.json()["code"]) == (409, "accounts/phone-of-another-wechat")
        assert "claim" not in refused.json()
    assert await me_of(bob) == me


async def test_nobody_is_united_with_an_account_without_its_code(world: World) -> None:
    by_phone, sms_me = await _by_phone(world)
    thief, _ = await in_wechat(world, "Thief")
    world.clock.advance(LATER)
    code = await fresh_code(world)
    wrong = {"phone": PHONE, "code": other_than(code).text, "request_id": code.request_id}
    assert (await request(thief, "POST", "me/phone", wrong)).json()["code"] == "accounts/wrong-code"
    stranger = {"phone": PHONE, "code": code.text, "request_id": "made-up"}
    assert (await request(thief, "POST", "me/phone", stranger)).json()["code"] == "accounts/code-expired"
    # somebody else's claim, a damaged one, a text that is none
    owner, _ = await in_wechat(world, "Owner")
    claim = (await prove_by_wechat(world, owner)).json()["claim"]
    for made_up in (claim, claim[:-6] + "AAAAA=", "令牌", "AAAA", "x" * 400):
        answer = await request(thief, "POST", "me/union", {"claim": made_up})
        assert (answer.status_code, answer.json()["code"]) == (409, "accounts/union-expired"), made_up
    nobody = await world.client.post(f"{ACCOUNTS}/me/union", json={"claim": claim})
    assert nobody.status_code == 401
    assert await me_of(by_phone) == sms_me


async def test_a_claim_ends_in_time_and_with_the_phone_that_it_is_about(world: World) -> None:
    by_phone, _ = await _by_phone(world)
    wechat, me = await in_wechat(world)
    refused = await prove_by_wechat(world, wechat)
    world.clock.advance(timedelta(minutes=10))
    assert (await unite(wechat, refused)).json()["code"] == "accounts/union-expired"
    refused = await prove_by_wechat(world, wechat)
    moved = await prove_by_code(world, by_phone, "13900139000")
    assert moved.status_code == 200, moved.text
    assert (await unite(wechat, refused)).json()["code"] == "accounts/union-expired"
    assert await me_of(wechat) == me


async def test_a_claim_is_not_good_for_whoever_has_the_phone_afterwards(world: World) -> None:
    """Who was shown one account and agreed must not get another one."""
    first, _ = await _by_phone(world)
    wechat, me = await in_wechat(world)
    refused = await prove_by_wechat(world, wechat)
    assert (await prove_by_code(world, first, "13900139000")).status_code == 200
    world.clock.advance(timedelta(minutes=2))
    _, next_owner = await _by_phone(world)
    assert next_owner["id"] != (await me_of(first))["id"]
    assert (await unite(wechat, refused)).json()["code"] == "accounts/union-expired"
    assert await me_of(wechat) == me


async def test_who_lost_the_answer_of_binding_repeats_the_request_and_is_told_it(world: World) -> None:
    wechat, _ = await in_wechat(world)
    code = await fresh_code(world)
    first = await bind(wechat, code)
    world.clock.advance(timedelta(seconds=59))
    again = await bind(wechat, code)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await bind(wechat, other_than(code))).json()["code"] == "accounts/wrong-code"
    world.clock.advance(timedelta(seconds=1))
    assert (await bind(wechat, code)).json()["code"] == "accounts/code-expired"


async def test_who_lost_a_claim_repeats_the_request_and_gets_one(world: World) -> None:
    _, sms_me = await _by_phone(world)
    world.clock.advance(LATER)
    wechat, _ = await in_wechat(world)
    code = await fresh_code(world)
    assert (await bind(wechat, code)).json()["code"] == "accounts/phone-taken"
    united = await unite(wechat, await bind(wechat, code))
    assert united.json()["id"] == sms_me["id"]
    assert (await bind(wechat, code)).json() == united.json(), "it is theirs by now"


async def test_a_late_repetition_does_not_bring_a_phone_back(world: World) -> None:
    wechat, _ = await in_wechat(world)
    code = await fresh_code(world)
    assert (await bind(wechat, code)).status_code == 200
    assert (await prove_by_wechat(world, wechat, "13800138009")).status_code == 200
    assert (await bind(wechat, code)).json()["code"] == "accounts/code-expired"
    assert (await me_of(wechat))["phone_masked"] == "138****8009"


async def test_asking_again_and_at_once_unites_once(world: World) -> None:
    await _by_phone(world)
    world.clock.advance(LATER)
    wechat, _ = await in_wechat(world)
    refused = await prove_by_wechat(world, wechat)
    answers = await asyncio.gather(*(unite(wechat, refused) for _ in range(6)))
    world.clock.advance(LATER)
    answers.append(await unite(wechat, refused))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await execute(world, "select count(*) from accounts.person where united_into is not null") == [(1,)]


async def test_of_two_who_claim_an_account_at_once_one_gets_it(world: World) -> None:
    await _by_phone(world)
    claims = []
    for name in ("Ann", "Bob"):
        person, _ = await in_wechat(world, name)
        claims.append((person, await prove_by_wechat(world, person)))
    answers = await asyncio.gather(*(unite(person, refused) for person, refused in claims))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "accounts/phone-of-another-wechat"}


async def test_united_again_everybody_is_part_of_the_one_that_is_left(world: World) -> None:
    """First the second phone, then the first: the older account of the first one takes over both."""
    first, first_me = await _by_phone(world, "13900139000")
    world.clock.advance(LATER)
    _, second_me = await _by_phone(world)
    world.clock.advance(LATER)
    wechat, wechat_me = await in_wechat(world)
    assert (await unite(wechat, await prove_by_wechat(world, wechat))).json()["id"] == second_me["id"]
    assert (await unite(wechat, await prove_by_wechat(world, wechat, "13900139000"))).json()["id"] == first_me["id"]
    rows = await execute(world, "select id, united_into from accounts.person where united_into is not null")
    assert {(str(one), str(into)) for one, into in rows} == {
        (second_me["id"], first_me["id"]),
        (wechat_me["id"], first_me["id"]),
    }
    identity = await facade_of(world).identify_shopper(token=wechat.token)
    assert identity is not None
    assert {str(one) for one in identity.absorbed} == {second_me["id"], wechat_me["id"]}
    assert (await first.get(f"{ACCOUNTS}/me")).status_code == 401


async def test_what_is_still_under_way_for_an_absorbed_account_reaches_the_person(world: World) -> None:
    """A request that was let in before the union goes on with the id of an account that is gone."""
    by_phone, _ = await _by_phone(world)
    address = (await request(by_phone, "POST", "me/addresses", ADDRESS)).json()
    world.clock.advance(LATER)
    wechat, wechat_me = await in_wechat(world)
    old_id = UUID(wechat_me["id"])
    assert (await unite(wechat, await prove_by_wechat(world, wechat))).status_code == 200
    buyer = await facade_of(world).get_buyer(user_id=old_id, address_id=UUID(address["id"]))
    assert (buyer.profile.user_id, buyer.absorbed) == (by_phone.id, [old_id])


async def test_signing_in_while_the_accounts_are_united_ends_in_the_one_that_is_left(world: World) -> None:
    await _by_phone(world)
    world.clock.advance(LATER)
    wechat, _ = await in_wechat(world)
    refused = await prove_by_wechat(world, wechat)
    answers = await asyncio.gather(unite(wechat, refused), *(in_wechat(world) for _ in range(5)))
    assert answers[0].status_code == 200
    stray = "select count(*) from accounts.session s join accounts.person p on p.id = s.subject_id"
    assert await execute(world, stray + " where p.united_into is not null") == [(0,)]
