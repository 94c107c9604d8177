"""Everything that must not be accepted: a named problem, the right status, and nothing has changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.databases import fingerprint
from tests.support.shop import Buyer, Shop
from tests.support.world import World

ORDERS = "/api/v1/trade/orders"
CALLBACK = "/api/v1/payments/callbacks/wechat/transactions"
INVALID = (422, "platform/invalid-request")
JSON = {"content-type": "application/json"}
WRONG_TYPES: list[Any] = [13800000001, None, [], {}, True]
NOT_WHOLE: list[Any] = [1.5, "1", True, None, [], 1e300, "٣"]


@dataclass
class Scene:
    """A shop with groups and orders in every state a bad request may be about."""

    shop: Shop
    buyer: Buyer
    other: Buyer
    campaign: str
    stopped: str
    group: str
    full_group: str
    draft_group: str
    own_group: str
    unpaid: str
    paid: str

    def order(self, **wish: Any) -> "Ask":
        """An order as it is right, but for what is given."""

        async def ask() -> httpx.Response:
            return await self.buyer.try_order(wish.pop("mode", "solo"), **wish)

        return ask

    def send(self, method: str, path: str, **request: Any) -> "Ask":
        async def ask() -> httpx.Response:
            headers = {
                "Authorization": f"Bearer {self.buyer.person.token}",
                "Idempotency-Key": str(uuid4()),
            } | request.pop("headers", {})
            kept = {name: value for name, value in headers.items() if value is not None}
            return await self.buyer.person.client.request(method, path, headers=kept, **request)

        return ask


Ask = Callable[[], Awaitable[httpx.Response]]
Case = tuple[str, Ask, tuple[int, str]]


async def _scene(shop: Shop) -> Scene:
    world = shop.world
    short = await shop.campaign([2], [7000], group_duration_s=3600)
    buyer, other, third = [await shop.shopper(number) for number in (1, 2, 3)]
    full = await other.open(short)
    await other.pay(full["id"])
    await third.pay((await third.join(full["group_id"]))["id"])
    open_one = await other.open(short)
    await other.pay(open_one["id"])
    draft = await third.open(short)
    own = await buyer.open(short)
    await buyer.pay(own["id"])
    unpaid = await other.order("solo")
    paid = await other.order("solo")
    await other.pay(paid["id"])
    await world.settle()
    return Scene(
        shop,
        buyer,
        other,
        campaign=short["id"],
        stopped="",
        group=open_one["group_id"],
        full_group=full["group_id"],
        draft_group=draft["group_id"],
        own_group=own["group_id"],
        unpaid=unpaid["id"],
        paid=paid["id"],
    )


def _orders(s: Scene) -> list[Case]:
    nobody = str(uuid4())
    quantities: list[Case] = [
        (f"quantity {n}", s.order(quantity=n), (422, "trade/bad-quantity")) for n in (0, -1, 1000, 10**9, -(10**18))
    ]
    not_whole: list[Case] = [(f"quantity {n!r}", s.order(quantity=n), INVALID) for n in NOT_WHOLE]
    return [
        *quantities,
        *not_whole,
        ("unknown item", s.order(sku_id=nobody), (404, "trade/sku-not-found")),
        ("unknown group", s.order(mode="join", group_id=nobody), (404, "trade/group-not-found")),
        ("no group", s.order(mode="join"), (404, "trade/group-not-found")),
        ("a draft group", s.order(mode="join", group_id=s.draft_group), (404, "trade/group-not-found")),
        ("a full group", s.order(mode="join", group_id=s.full_group), (409, "trade/group-full")),
        ("the own group", s.order(mode="join", group_id=s.own_group), (409, "trade/own-group")),
        ("unknown campaign", s.order(mode="open", campaign_id=nobody), (404, "trade/campaign-not-found")),
        ("no campaign", s.order(mode="open"), (404, "trade/campaign-not-found")),
        ("unknown address", s.order(address_id=nobody), (404, "trade/address-not-found")),
        ("another's address", s.order(address_id=s.other.address_id), (404, "trade/address-not-found")),
        ("tampered price", s.order(expected_payable_fen=1), (409, "trade/price-changed")),
        ("negative price", s.order(expected_payable_fen=-1), INVALID),
        ("price as text", s.order(expected_payable_fen="10000"), INVALID),
        ("unknown mode", s.order(mode="steal"), INVALID),
        ("id that is none", s.order(sku_id="1 or 1=1"), INVALID),
        ("long remark", s.order(remark="x" * 201), INVALID),
        ("zero byte", s.order(remark="a\x00b"), INVALID),
        ("lone surrogate", s.send("POST", ORDERS, content=b'{"remark": "\\ud800"}', headers=JSON), INVALID),
        ("no key", s.send("POST", ORDERS, json={}, headers={"Idempotency-Key": None}), INVALID),
        ("key that is none", s.send("POST", ORDERS, json={}, headers={"Idempotency-Key": "1"}), INVALID),
        ("more than there is", s.order(quantity=999), (409, "trade/sold-out")),
    ]


def _bodies(s: Scene) -> list[Case]:
    def raw(content: bytes, kind: str = "application/json") -> Ask:
        return s.send("POST", ORDERS, content=content, headers={"content-type": kind})

    return [
        ("nothing", raw(b""), INVALID),
        ("no JSON", raw(b"{"), INVALID),
        ("a list", raw(b"[]"), INVALID),
        ("a text", raw(b'"order"'), INVALID),
        ("null", raw(b"null"), INVALID),
        ("not a number", raw(b'{"quantity": NaN}'), INVALID),
        ("broken UTF-8", raw(b'{"remark": "\xff\xfe"}'), INVALID),
        ("cut UTF-8", raw("蜜".encode()[:2]), INVALID),
        ("UTF-16", raw("{}".encode("utf-16")), INVALID),
        ("very deep", raw(b"[" * 20_000 + b"]" * 20_000), INVALID),
        ("a form", raw(b"mode=solo", "application/x-www-form-urlencoded"), INVALID),
        ("a huge number", raw(b'{"quantity": 1' + b"0" * 5000 + b"}"), INVALID),
        ("300 kB", raw(b'{"remark": "' + b"x" * 300_000 + b'"}'), (413, "platform/too-large")),
    ]


def _paths(s: Scene) -> list[Case]:
    not_found = (404, "trade/order-not-found")
    pay = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
    return [
        ("another's order", s.send("GET", f"{ORDERS}/{s.unpaid}"), not_found),
        ("paying another's order", s.send("POST", f"{ORDERS}/{s.unpaid}/pay", json=pay), not_found),
        ("cancelling another's order", s.send("POST", f"{ORDERS}/{s.unpaid}/cancel"), not_found),
        ("receiving another's order", s.send("POST", f"{ORDERS}/{s.paid}/confirm-receipt"), not_found),
        ("unknown order", s.send("GET", f"{ORDERS}/{uuid4()}"), not_found),
        ("no id", s.send("GET", f"{ORDERS}/1"), INVALID),
        ("zero in the address", s.send("GET", f"{ORDERS}/%00"), INVALID),
        ("unknown group", s.send("GET", f"/api/v1/trade/groups/{uuid4()}"), (404, "trade/group-not-found")),
        ("a draft's page", s.send("GET", f"/api/v1/trade/groups/{s.draft_group}"), (404, "trade/group-not-found")),
        ("made-up cursor", s.send("GET", f"{ORDERS}?cursor=abc"), (422, "platform/bad-cursor")),
        ("long cursor", s.send("GET", f"{ORDERS}?cursor={'a' * 401}"), INVALID),
        *((f"limit {n}", s.send("GET", f"{ORDERS}?limit={n}"), INVALID) for n in ("0", "101", "-1", "x", "1e9")),
        ("unknown status", s.send("GET", f"{ORDERS}?status=stolen"), INVALID),
        ("unknown way to pay", s.send("POST", f"{ORDERS}/{s.unpaid}/pay", json={"channel": "cash"}), INVALID),
        (
            "a return to a script",
            s.send("POST", f"{ORDERS}/{s.unpaid}/pay", json=pay | {"return_url": "javascript:alert(1)"}),
            INVALID,
        ),
    ]


def _sign_in(s: Scene) -> list[Case]:
    accounts = "/api/v1/accounts"
    phones: list[Case] = [
        (
            f"phone {phone!r}",
            s.send("POST", f"{accounts}/sms-codes", json={"phone": phone}),
            (422, "accounts/bad-phone"),
        )
        for phone in ("12345", "abcdefghijk", "+15551234567", "23800000001", "138000000012", "+861380000000")
    ]
    types: list[Case] = [
        (f"phone {phone!r}", s.send("POST", f"{accounts}/sms-codes", json={"phone": phone}), INVALID)
        for phone in WRONG_TYPES
    ]
    typed: dict[str, Any] = {"phone": "13800000001", "request_id": "x"}
    codes: list[Case] = [
        (
            f"code {code!r}",
            s.send("POST", f"{accounts}/sessions/phone", json=typed | {"code": code}),
            INVALID,
        )
        for code in ("12345", "1234567", "abcdef", "", 123456, None, "１２３４５")
    ]
    staff = {"login": "owner", "password": "wrong"}
    return [
        *phones,
        *types,
        *codes,
        ("wrong password", s.send("POST", f"{accounts}/staff/sessions", json=staff), (401, "accounts/wrong-password")),
        ("no such WeChat code", s.send("POST", f"{accounts}/sessions/wechat", json={"code": "made-up"}),
         (401, "accounts/wechat-refused")),
        ("bad nickname", s.send("PATCH", f"{accounts}/me", json={"nickname": ""}), (422, "accounts/bad-nickname")),
    ]  # fmt: skip


def _callbacks(s: Scene) -> list[Case]:
    def call(headers: dict[str, str | None], content: bytes = b"{}") -> Ask:
        nobody: dict[str, str | None] = {"Authorization": None, "Idempotency-Key": None}
        return s.send("POST", CALLBACK, content=content, headers=JSON | nobody | headers)

    forged = {
        "Wechatpay-Serial": "PUB_KEY_ID_0000",
        "Wechatpay-Signature": "AAAA",
        "Wechatpay-Timestamp": str(int(s.shop.world.clock.now().timestamp())),
        "Wechatpay-Nonce": "nonce",
    }
    return [
        ("unsigned callback", call({}), (401, "FAIL")),
        ("forged callback", call(dict(forged)), (401, "FAIL")),
        ("callback without a body", call(dict(forged), b""), (401, "FAIL")),
        ("callback in no JSON", call(dict(forged), b"<xml>"), (401, "FAIL")),
    ]


@pytest.mark.parametrize("group", [_orders, _bodies, _paths, _sign_in, _callbacks])
async def test_it_is_refused_by_name_and_changes_nothing(
    shop: Shop, database_url: str, group: Callable[[Scene], list[Case]]
) -> None:
    scene = await _scene(shop)
    before = fingerprint(database_url)
    wrong: list[Any] = []
    for name, ask, (status, code) in group(scene):
        answer = await ask()
        await shop.world.settle()
        told = (answer.status_code, answer.json().get("code"))
        if told != (status, code) or answer.headers["content-type"] != "application/problem+json":
            wrong.append((name, told, answer.text[:200]))
        after = fingerprint(database_url)
        if after != before:
            wrong.append((name, "changed", [table for table in after if after[table] != before[table]]))
            before = after
    assert wrong == []


async def test_the_same_order_with_everything_right_is_taken(shop: Shop, database_url: str) -> None:
    """The control of the table: what it varies is right otherwise."""
    scene = await _scene(shop)
    before = fingerprint(database_url)
    for wish in ({}, {"mode": "open", "campaign_id": scene.campaign}, {"mode": "join", "group_id": scene.group}):
        answer = await scene.order(**wish)()
        assert answer.status_code == 201, answer.text
    assert fingerprint(database_url) != before


async def test_groups_and_campaigns_that_are_over_take_nobody(shop: Shop, database_url: str) -> None:
    scene = await _scene(shop)
    shop.world.clock.advance(timedelta(hours=1))
    late = await scene.order(mode="join", group_id=scene.group)()
    assert (late.status_code, late.json()["code"]) == (409, "trade/group-ended"), "even before the group was closed"
    await shop.world.settle()
    late = await scene.order(mode="join", group_id=scene.group)()
    assert (late.status_code, late.json()["code"]) == (409, "trade/group-ended")
    await shop.merchant.post(f"/api/v1/trade/console/campaigns/{scene.campaign}/stop")
    await shop.world.settle()
    before = fingerprint(database_url)
    for mode in ({"mode": "open", "campaign_id": scene.campaign}, {"mode": "join", "group_id": scene.full_group}):
        answer = await scene.order(**mode)()
        assert answer.status_code == 409, answer.text
        assert answer.json()["code"] in ("trade/campaign-ended", "trade/group-full")
    assert fingerprint(database_url) == before


async def test_an_order_paid_or_over_is_not_paid_or_cancelled_again(shop: Shop, database_url: str) -> None:
    scene = await _scene(shop)
    before = fingerprint(database_url)
    pay = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
    person = scene.other.person
    again = await person.post(f"{ORDERS}/{scene.paid}/pay", pay)
    assert (again.status_code, again.json()["code"]) == (409, "trade/order-not-payable")
    for action in ("cancel", "confirm-receipt"):
        answer = await person.post(f"{ORDERS}/{scene.paid}/{action}")
        assert (answer.status_code, answer.json()["code"]) == (409, "trade/wrong-order-state")
    assert fingerprint(database_url) == before


async def test_wrong_codes_run_out_and_sign_nobody_in(world: World, database_url: str) -> None:
    asked = await world.client.post("/api/v1/accounts/sms-codes", json={"phone": "13800000009"})
    await world.settle()
    inbox = (await world.partner.get("/desk/api/sms", params={"phone": "+8613800000009"})).json()
    right = inbox["items"][0]["code"]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    before = fingerprint(database_url, ignoring=frozenset({"accounts.phone_code"}))
    told = []
    for code in [wrong] * 5 + [right]:
        typed = {"phone": "13800000009", "code": code, "request_id": asked.json()["request_id"]}
        answer = await world.client.post("/api/v1/accounts/sessions/phone", json=typed)
        told.append((answer.status_code, answer.json()["code"]))
    assert told[:4] == [(401, "accounts/wrong-code")] * 4
    assert told[5][0] == 401, "the right code comes too late"
    assert fingerprint(database_url, ignoring=frozenset({"accounts.phone_code"})) == before


async def test_a_replayed_callback_has_no_second_effect_and_an_old_one_is_refused(
    shop: Shop, database_url: str
) -> None:
    world = shop.world
    seen: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request)

    world.sandbox_app.state.sandbox._http.event_hooks["request"].append(note)
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    [callback] = [request for request in seen if request.url.path == CALLBACK]
    headers = {name: value for name, value in callback.headers.items() if name != "host"}
    before = fingerprint(database_url, ignoring=frozenset({"payments.notice"}))

    async def replay(content: bytes) -> int:
        answer = await world.client.post(CALLBACK, content=content, headers=headers)
        await world.settle()
        return answer.status_code

    assert [await replay(callback.content) for _ in range(3)] == [204, 204, 204]
    assert await replay(callback.content.replace(b"ciphertext", b"cipherTEXT")) == 401
    assert await replay(callback.content + b" ") == 401
    world.clock.advance(timedelta(minutes=6))
    assert await replay(callback.content) == 401
    assert fingerprint(database_url, ignoring=frozenset({"payments.notice"})) == before
