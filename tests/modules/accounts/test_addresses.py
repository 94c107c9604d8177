"""The address book: sealed, at most twenty, exactly one default, and nobody else's."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.modules.accounts.addresses.rows import addresses
from chengtuan.modules.accounts.facade import Address, AddressNotFound
from chengtuan.platform.database import WriteSession
from tests.modules.accounts.support import ACCOUNTS, ADDRESS, PHONE, execute, facade_of, request, stored_text
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres
BOOK = f"{ACCOUNTS}/me/addresses"


async def add(person: Person, **changes: Any) -> dict[str, Any]:
    answer = await person.post(BOOK, ADDRESS | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def book_of(person: Person) -> list[dict[str, Any]]:
    return list((await person.get(BOOK)).json()["items"])


async def defaults_of(person: Person) -> list[str]:
    return [item["id"] for item in await book_of(person) if item["is_default"]]


async def test_an_address_is_kept_sealed_and_given_back_whole(world: World) -> None:
    person = await world.sign_in(PHONE)
    saved = await add(person, phone="+886 912-345-678")
    assert saved == ADDRESS | {"id": saved["id"], "phone": "+886912345678", "is_default": True, "version": 1}
    assert await book_of(person) == [saved]
    stored = await stored_text(world)
    for secret in ("王小明", "912345678", "科苑路", "王小明".encode().hex(), "科苑路".encode().hex()):
        assert secret not in stored
    found = await facade_of(world).get_address(user_id=person.id, address_id=UUID(saved["id"]))
    assert found == Address(**{k: v for k, v in saved.items() if k not in ("id", "is_default", "version")})


async def test_a_sealed_value_moved_to_another_column_does_not_open(world: World) -> None:
    person = await world.sign_in(PHONE)
    await add(person)
    await execute(world, "update accounts.address set detail = name")
    assert (await person.get(BOOK)).status_code == 500


async def test_there_is_always_exactly_one_default(world: World) -> None:
    person = await world.sign_in(PHONE)
    first = await add(person)
    second = await add(person, city="廣州市")
    third = await add(person, city="珠海市", is_default=True)
    assert await defaults_of(person) == [third["id"]]
    changed = await person.put(f"{BOOK}/{third['id']}", ADDRESS | {"is_default": False, "city": "佛山市", "version": 1})
    assert changed.json()["is_default"] is True, "it stays until another one is named"
    await person.put(f"{BOOK}/{first['id']}", ADDRESS | {"is_default": True, "version": 1})
    assert await defaults_of(person) == [first["id"]]
    await request(person, "DELETE", f"me/addresses/{first['id']}")
    assert await defaults_of(person) == [third["id"]], "the newest of the others takes over"
    await request(person, "DELETE", f"me/addresses/{third['id']}")
    assert await defaults_of(person) == [second["id"]]
    await request(person, "DELETE", f"me/addresses/{second['id']}")
    assert await book_of(person) == []


async def test_addresses_added_at_once_leave_one_default_and_twenty(world: World) -> None:
    person = await world.sign_in(PHONE)
    answers = await asyncio.gather(
        *(person.post(BOOK, ADDRESS | {"is_default": True, "detail": f"{n} 樓"}) for n in range(24))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 4
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert (refused.json()["code"], refused.json()["limit"]) == ("accounts/too-many-addresses", 20)
    assert len(await defaults_of(person)) == 1
    assert len(await book_of(person)) == 20


async def test_two_defaults_are_impossible_even_for_a_bug(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without clearing the old default the unique index refuses the new one."""

    async def forget(*_: object) -> None:
        return None

    person = await world.sign_in(PHONE)
    await add(person)
    other = ADDRESS | {"detail": "2 樓", "is_default": True}
    monkeypatch.setattr(addresses, "clear_default", forget)
    assert (await person.post(BOOK, other)).status_code == 500
    monkeypatch.undo()
    await execute(world, "drop index accounts.uq_address_default")
    try:
        monkeypatch.setattr(addresses, "clear_default", forget)
        await add(person, detail="2 樓", is_default=True)
        assert len(await defaults_of(person)) == 2
    finally:
        await execute(world, "delete from accounts.address")
        await execute(world, "create unique index uq_address_default on accounts.address (person_id) where is_default")


async def test_two_places_that_change_an_address_do_not_undo_each_other(world: World) -> None:
    person = await world.sign_in(PHONE)
    saved = await add(person)
    path = f"{BOOK}/{saved['id']}"
    first = await person.put(path, ADDRESS | {"detail": "1 樓", "version": 1})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    second = await person.put(path, ADDRESS | {"detail": "2 樓", "version": 1})
    assert (second.status_code, second.json()["code"], second.json()["version"]) == (409, "accounts/address-changed", 2)
    assert [item["detail"] for item in await book_of(person)] == ["1 樓"]
    assert (await person.put(path, ADDRESS | {"detail": "3 樓"})).status_code == 422, "a change names its version"


async def test_what_is_saved_again_because_its_answer_got_lost_is_saved_once(world: World) -> None:
    person = await world.sign_in(PHONE)
    first = await add(person)
    other = await add(person, detail="2 樓")
    answers = await asyncio.gather(*(add(person, phone=f"+86 {ADDRESS['phone']}", detail="2 樓") for _ in range(4)))
    assert answers == [other] * 4
    path = f"{BOOK}/{first['id']}"
    change = ADDRESS | {"detail": "3 樓", "version": 1}
    assert [(await person.put(path, change)).json()["version"] for _ in range(3)] == [2, 2, 2]
    assert (await person.put(path, change | {"detail": "4 樓"})).status_code == 409
    again = await add(person, detail="2 樓", is_default=True)
    assert (again["id"], again["version"]) == (other["id"], 2), "asked for as the default, it becomes it"
    assert await defaults_of(person) == [other["id"]]
    assert len(await book_of(person)) == 2


async def test_of_many_changes_of_one_version_one_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the condition in the SQL every one of them is, and all but the last are lost."""
    person = await world.sign_in(PHONE)
    path = f"{BOOK}/{(await add(person))['id']}"

    async def race(version: int) -> list[int]:
        bodies = [ADDRESS | {"detail": f"{n} 樓", "version": version} for n in range(6)]
        return sorted(answer.status_code for answer in await asyncio.gather(*(person.put(path, b) for b in bodies)))

    assert await race(1) == [200] + [409] * 5

    async def unconditionally(tx: WriteSession, person_id: UUID, row: addresses.AddressRow) -> bool:
        return bool(await tx.execute("update address set detail = %s where id = %s", (row.detail, row.id)))

    monkeypatch.setattr(addresses, "update_address", unconditionally)
    assert await race(1) == [200] * 6


async def test_other_peoples_addresses_do_not_exist(world: World) -> None:
    owner, stranger = await world.sign_in(PHONE), await world.sign_in("13800138001")
    saved = await add(owner)
    for address_id in (saved["id"], str(uuid4())):
        changed = await stranger.put(f"{BOOK}/{address_id}", ADDRESS | {"version": 1})
        assert (changed.status_code, changed.json()["code"]) == (404, "accounts/address-not-found")
        assert (await request(stranger, "DELETE", f"me/addresses/{address_id}")).status_code == 404
    with pytest.raises(AddressNotFound):
        await facade_of(world).get_address(user_id=stranger.id, address_id=UUID(saved["id"]))
    assert await book_of(owner) == [saved]
    assert await book_of(stranger) == []


BAD_ADDRESSES: list[tuple[dict[str, Any], str]] = [
    ({"phone": "12345678"}, "accounts/bad-phone"),
    ({"province_code": "440100"}, "accounts/bad-region"),
    ({"province_code": "990000"}, "accounts/bad-region"),
    ({"province": "新疆维吾尔自治区", "city": "乌鲁木齐"}, "accounts/province-mismatch"),
    ({"province": "Atlantis"}, "accounts/province-mismatch"),
    ({"city": "新疆"}, "accounts/province-mismatch"),
    ({"province_code": "44"}, "platform/invalid-request"),
    ({"province_code": 440000}, "platform/invalid-request"),
    ({"name": "   "}, "platform/invalid-request"),
    ({"name": "王\u0000"}, "platform/invalid-request"),
    ({"detail": "x" * 201}, "platform/invalid-request"),
    ({"is_default": "perhaps"}, "platform/invalid-request"),
    ({"city": None}, "platform/invalid-request"),
]


async def test_bad_addresses_are_refused(world: World) -> None:
    person = await world.sign_in(PHONE)
    for changes, code in BAD_ADDRESSES:
        answer = await person.post(BOOK, ADDRESS | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert await book_of(person) == []


async def test_nobody_reads_an_address_book_without_signing_in(world: World) -> None:
    for answer in (
        await world.client.get(BOOK),
        await world.client.post(BOOK, json=ADDRESS),
        await world.client.put(f"{BOOK}/{uuid4()}", json=ADDRESS),
        await world.client.delete(f"{BOOK}/{uuid4()}"),
    ):
        assert answer.status_code == 401


async def test_an_id_that_is_none_is_a_bad_request(world: World) -> None:
    person = await world.sign_in(PHONE)
    assert (await person.put(f"{BOOK}/1%20or%201=1", ADDRESS)).status_code == 422
