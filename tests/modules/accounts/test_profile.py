"""A person's own profile, and what others see of it."""

from typing import Any
from uuid import UUID

import pytest

from chengtuan.modules.accounts.facade import Profile
from tests.modules.accounts.support import ACCOUNTS, PHONE, facade_of, request
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def test_nickname_and_picture_can_be_chosen(world: World) -> None:
    person = await world.sign_in(PHONE)
    before = (await person.get(f"{ACCOUNTS}/me")).json()
    changed = await request(person, "PATCH", "me", {"nickname": "  小  熊 "})
    assert changed.json() == before | {"nickname": "小 熊"}
    changed = await request(person, "PATCH", "me", {"avatar": "a24"})
    assert changed.json() == before | {"nickname": "小 熊", "avatar": "a24"}
    assert (await request(person, "PATCH", "me", {})).json() == changed.json()
    assert (await person.get(f"{ACCOUNTS}/me")).json() == changed.json()
    assert await facade_of(world).get_profiles(user_ids=[UUID(int=7), person.id]) == [
        Profile(user_id=person.id, nickname="小 熊", avatar="a24")
    ]


BAD_PROFILES: list[tuple[Any, str]] = [
    ({"nickname": ""}, "accounts/bad-nickname"),
    ({"nickname": "x" * 25}, "accounts/bad-nickname"),
    ({"nickname": "one\u2028two"}, "accounts/bad-nickname"),
    ({"nickname": "x" * 101}, "platform/invalid-request"),
    ({"nickname": "a\u0000b"}, "platform/invalid-request"),
    ({"nickname": 5}, "platform/invalid-request"),
    ({"avatar": "a25"}, "platform/invalid-request"),
    ({"avatar": "../a01"}, "platform/invalid-request"),
    ({"avatar": ["a01"]}, "platform/invalid-request"),
    ("x", "platform/invalid-request"),
]


async def test_bad_profiles_are_refused(world: World) -> None:
    person = await world.sign_in(PHONE)
    before = (await person.get(f"{ACCOUNTS}/me")).json()
    for body, code in BAD_PROFILES:
        answer = await request(person, "PATCH", "me", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await person.get(f"{ACCOUNTS}/me")).json() == before


async def test_half_characters_are_refused_and_do_no_harm(world: World) -> None:
    person = await world.sign_in(PHONE)
    answer = await person.client.patch(
        f"{ACCOUNTS}/me",
        content=b'{"nickname": "\\ud800"}',
        headers={"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
