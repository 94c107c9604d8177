"""Managing the people of one's own shop: who may do it to whom, and that it counts at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from structlog.testing import LogCapture

from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.usecases import manage_colleagues
from chengtuan.platform import permissions
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import Role
from tests.modules.accounts.support import ACCOUNTS, execute, facade_of, request
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"
STAFF = f"{ACCOUNTS}/console/staff"
MINE, OTHER = UUID(int=1), UUID(int=2)


async def member(world: World, login: str, *roles: Role, of: UUID | None = MINE) -> Person:
    await facade_of(world).add_staff(login=login, password=PASSWORD, name=login, roles=list(roles), merchant_id=of)
    return await world.staff(login, PASSWORD)


async def owner(world: World, login: str = "ann", of: UUID = MINE) -> Person:
    return await member(world, login, Role.MERCHANT_OWNER, of=of)


async def add(by: Person, login: str = "wu", **changes: Any) -> httpx.Response:
    return await by.post(STAFF, {"login": login, "name": "老吳", "roles": ["merchant_warehouse"]} | changes)


async def change(by: Person, staff_id: object, **changes: Any) -> httpx.Response:
    body = {"name": "老吳", "roles": ["merchant_warehouse"], "version": 1} | changes
    return await by.put(f"{STAFF}/{staff_id}", body)


async def enter(world: World, login: str, password: str) -> httpx.Response:
    return await world.client.post(f"{ACCOUNTS}/staff/sessions", json={"login": login, "password": password})


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_somebody_new_signs_in_with_the_first_password_and_changes_it(world: World) -> None:
    ann = await owner(world)
    added = (await add(ann, " Wu ")).json()
    assert added["colleague"]["login"] == "wu"
    assert added["colleague"]["first_password_until"] == "2026-06-08T04:00:00.000Z"
    wu = await world.staff("wu", added["password"])
    me = (await wu.get(f"{ACCOUNTS}/staff/me")).json()
    assert (me["must_change_password"], me["permissions"]) == (True, ["own-account"])
    orders = "/api/v1/trade/console/orders"
    assert outcome(await wu.get(orders)) == (403, "platform/not-allowed")
    changed = await wu.post(f"{ACCOUNTS}/staff/me/password", {"current": added["password"], "new": PASSWORD})
    assert changed.status_code == 204, changed.text
    assert (await wu.get(orders)).status_code == 200
    me = (await wu.get(f"{ACCOUNTS}/staff/me")).json()
    assert me["must_change_password"] is False
    assert "orders:ship" in me["permissions"]
    assert (await enter(world, "wu", added["password"])).status_code == 401


async def test_a_first_password_is_good_for_a_week(world: World) -> None:
    ann = await owner(world)
    first = (await add(ann)).json()
    world.clock.advance(timedelta(days=7))
    assert outcome(await enter(world, "wu", first["password"])) == (401, "accounts/first-password-expired")
    assert outcome(await enter(world, "wu", "a wrong one")) == (401, "accounts/wrong-password")
    ann = await world.staff("ann", PASSWORD)
    again = (await ann.post(f"{STAFF}/{first['colleague']['id']}/password")).json()
    assert (await enter(world, "wu", again["password"])).status_code == 201


async def test_the_list_shows_ones_own_people_and_the_roles_to_give(world: World) -> None:
    ann = await owner(world)
    await owner(world, "neighbour", of=OTHER)
    root = await member(world, "root", Role.PLATFORM_ADMIN, of=None)
    wu = (await add(ann)).json()["colleague"]
    listed = (await ann.get(STAFF)).json()
    assert [(one["login"], one["sessions"]) for one in listed["items"]] == [("ann", 1), ("wu", 0)]
    assert {**listed["items"][1]} == {**wu, "sessions": 0}
    assert [one["role"] for one in listed["giveable"]] == [role for role in Role if role.startswith("merchant")]
    listed = (await root.get(STAFF)).json()
    assert [one["login"] for one in listed["items"]] == ["root"]
    assert [one["role"] for one in listed["giveable"]] == [role for role in Role if role.startswith("platform")]


async def test_the_list_pages_through_ones_own_people(world: World) -> None:
    """Those who cannot sign in are last, whatever their names are; a cursor of another shop's leads to nobody."""
    ann = await owner(world)
    neighbour = await owner(world, "neighbour", of=OTHER)
    ids = [(await add(ann, login, name=login)).json()["colleague"]["id"] for login in ("bea", "cai", "dan", "eve")]
    await act(ann, "disable", ids[0])
    seen: list[str] = []
    cursor = None
    while cursor or not seen:
        page = (await ann.get(STAFF, limit=2, **({"cursor": cursor} if cursor else {}))).json()
        assert len(page["items"]) <= 2
        assert page["giveable"]
        seen += [one["login"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["ann", "cai", "dan", "eve", "bea"]
    first = (await ann.get(STAFF, limit=1)).json()["next_cursor"]
    assert (await neighbour.get(STAFF, cursor=first)).json()["items"] == []
    assert outcome(await ann.get(STAFF, cursor="!")) == (422, "platform/bad-cursor")


async def test_changes_count_at_once_in_sessions_that_are_open(world: World) -> None:
    ann, wu = await owner(world), await member(world, "wu", Role.MERCHANT_WAREHOUSE)
    ledger, stock = "/api/v1/payments/console/ledger", f"/api/v1/trade/console/stock/{MINE}/movements"
    assert [(await wu.get(path)).status_code for path in (ledger, stock)] == [403, 404]
    changed = await change(ann, wu.id, roles=["merchant_finance"], name="吳會計")
    assert changed.json()["version"] == 2
    assert [(await wu.get(path)).status_code for path in (ledger, stock)] == [200, 403]
    assert (await wu.get(f"{ACCOUNTS}/staff/me")).json()["name"] == "吳會計"
    disabled = await ann.post(f"{STAFF}/{wu.id}/disable")
    assert disabled.json()["disabled_at"] is not None
    assert (await wu.get(ledger)).status_code == 401
    assert (await enter(world, "wu", PASSWORD)).status_code == 401
    assert (await ann.post(f"{STAFF}/{wu.id}/enable")).json()["disabled_at"] is None
    wu = await world.staff("wu", PASSWORD)
    assert (await ann.post(f"{STAFF}/{wu.id}/sign-out")).status_code == 200
    assert (await wu.get(ledger)).status_code == 401
    wu = await world.staff("wu", PASSWORD)
    first = (await ann.post(f"{STAFF}/{wu.id}/password")).json()["password"]
    assert (await wu.get(ledger)).status_code == 401
    assert [(await enter(world, "wu", typed)).status_code for typed in (PASSWORD, first)] == [401, 201]


ACTS = ("disable", "enable", "password", "sign-out", "change")


async def act(by: Person, what: str, staff_id: object) -> httpx.Response:
    return await (change(by, staff_id) if what == "change" else by.post(f"{STAFF}/{staff_id}/{what}"))


async def test_nobody_manages_themselves_strangers_or_the_people_of_another_shop(world: World) -> None:
    ann = await owner(world)
    stranger = await owner(world, "stranger", of=OTHER)
    root = await member(world, "root", Role.PLATFORM_ADMIN, of=None)
    for what in ACTS:
        assert outcome(await act(ann, what, ann.id)) == (409, "accounts/not-oneself"), what
        for nobody in (stranger.id, root.id, uuid4()):
            assert outcome(await act(ann, what, nobody)) == (404, "accounts/staff-not-found"), what
        assert outcome(await act(root, what, ann.id)) == (404, "accounts/staff-not-found"), what
    assert (await stranger.get(STAFF)).status_code == 200, "and nothing happened to anybody"


BAD: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"login": "a"}, (422, "accounts/bad-login")),
    ({"login": "\u0430nn"}, (422, "accounts/bad-login")),
    ({"login": "two words"}, (422, "accounts/bad-login")),
    ({"login": "x" * 61}, (422, "accounts/bad-login")),
    ({"login": "ANN"}, (409, "accounts/login-taken")),
    ({"login": ""}, (422, "platform/invalid-request")),
    ({"name": " "}, (422, "platform/invalid-request")),
    ({"name": "x" * 51}, (422, "platform/invalid-request")),
    ({"roles": []}, (422, "platform/invalid-request")),
    ({"roles": ["king"]}, (422, "platform/invalid-request")),
    ({"roles": ["platform_admin"]}, (422, "accounts/roles-do-not-fit")),
    ({"roles": ["merchant_owner", "platform_auditor"]}, (422, "accounts/roles-do-not-fit")),
]


async def test_what_cannot_be_is_refused_by_name(world: World) -> None:
    ann, wu = await owner(world), await member(world, "wu", Role.MERCHANT_WAREHOUSE)
    for body, expected in BAD:
        assert outcome(await add(ann, **{"login": "new"} | body)) == expected, body
        if "login" not in body:
            assert outcome(await change(ann, wu.id, **body))[0] in (403, 422), body
    assert await execute(world, "select count(*) from accounts.staff") == [(2,)]
    assert (await add(ann, "林@shop.example")).status_code == 201


async def test_what_was_changed_in_another_place_is_not_changed_back(world: World) -> None:
    ann, wu = await owner(world), await member(world, "wu", Role.MERCHANT_WAREHOUSE, Role.MERCHANT_FINANCE)
    assert (await change(ann, wu.id)).status_code == 200
    stale = await change(ann, wu.id, name="Wu", roles=["merchant_warehouse", "merchant_finance"])
    assert outcome(stale) == (409, "accounts/staff-changed")
    assert stale.json()["version"] == 2


@pytest.fixture
def clerk_manages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table in which somebody manages staff who may not do everything."""
    clerk = permissions.ROLE_PERMISSIONS[Role.MERCHANT_SERVICE] | {permissions.Permission.STAFF_MANAGE}
    table = {**permissions.ROLE_PERMISSIONS, Role.MERCHANT_SERVICE: clerk}
    monkeypatch.setattr(permissions, "ROLE_PERMISSIONS", table)


@pytest.mark.usefixtures("clerk_manages")
@pytest.mark.parametrize("guarded", [True, False])
async def test_nobody_gives_what_they_do_not_have_nor_takes_it_from_who_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The second run is the control: without the comparison a clerk makes an owner, and becomes one by a password."""
    if not guarded:
        monkeypatch.setattr(manage_colleagues, "may_hand", lambda *_: True)
    clerk = await member(world, "clerk", Role.MERCHANT_SERVICE)
    ann, wu = await owner(world), await member(world, "wu", Role.MERCHANT_SERVICE)
    attempts = [
        await add(clerk, "crony", roles=["merchant_owner"]),
        await change(clerk, wu.id, roles=["merchant_finance"]),
        await act(clerk, "disable", ann.id),
        await act(clerk, "password", ann.id),
    ]
    refused = [answer.status_code == 403 for answer in attempts]
    assert refused == [guarded] * 4
    assert (await act(clerk, "sign-out", wu.id)).status_code == 200, "one's like may be managed"


@pytest.mark.parametrize("guarded", [True, False])
async def test_two_owners_who_demote_each_other_at_once_leave_one(
    world: World, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The second run is the control: without the look under the lock the shop had nobody left to manage it."""
    gate, take = asyncio.Barrier(2), manage_colleagues._lock_colleagues

    async def together(tx: WriteSession, by: UUID) -> Any:
        await gate.wait()  # the route let both in
        if guarded:
            return await take(tx, by)
        return frozenset(permissions.Permission), {row.id: row for row in await staff.lock_colleagues(tx, MINE)}

    ann, ben = await owner(world), await owner(world, "ben")
    monkeypatch.setattr(manage_colleagues, "_lock_colleagues", together)
    answers = await asyncio.gather(change(ann, ben.id), change(ben, ann.id))
    owners = await execute(world, "select count(*) from accounts.staff where 'merchant_owner' = any(roles)")
    assert owners == [(1 if guarded else 0,)]
    assert sorted(answer.status_code for answer in answers) == ([200, 403] if guarded else [200, 200])


async def test_every_change_is_logged_with_who_did_it_and_without_secrets(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = LogCapture()
    log = structlog.wrap_logger(None, processors=[logs], wrapper_class=structlog.BoundLogger)
    monkeypatch.setattr(manage_colleagues, "log", log)
    ann = await owner(world)
    first = (await add(ann)).json()
    wu = first["colleague"]["id"]
    assert (await change(ann, wu, roles=["merchant_finance"])).status_code == 200
    await world.staff("wu", first["password"])
    # whoever presses twice, or whose answer got lost, changes and leaves nothing more
    for what in ("sign-out", "sign-out", "disable", "disable", "enable", "enable"):
        assert (await act(ann, what, wu)).status_code == 200
    again = await change(ann, wu, roles=["merchant_finance"], version=2)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    second = (await act(ann, "password", wu)).json()
    noted = logs.entries
    assert [line["event"] for line in noted] == [
        *("staff_added", "staff_changed", "staff_signed_out", "staff_disabled", "staff_enabled", "staff_password_set"),
    ]
    assert {(line["staff_id"], line["by"]) for line in noted} == {(wu, str(ann.id))}
    assert noted[1]["before"] == ["merchant_warehouse"]
    assert first["password"] not in str(noted)
    assert second["password"] not in str(noted)


async def test_somebody_who_is_no_manager_manages_nobody(world: World) -> None:
    ann, wu = await owner(world), await member(world, "wu", Role.MERCHANT_WAREHOUSE)
    for what in ACTS:
        assert outcome(await act(wu, what, ann.id)) == (403, "platform/not-allowed")
    assert outcome(await request(wu, "GET", "console/staff")) == (403, "platform/not-allowed")
