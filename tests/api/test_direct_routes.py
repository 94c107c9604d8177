"""Busy routes are served past the framework, and nobody can tell: both ways give the same answer to everything."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Response

from chengtuan.apps import web
from chengtuan.modules.payments.settings import CALLBACKS
from chengtuan.platform.http.access import api_routes
from chengtuan.platform.http.direct import DirectRoutes, direct
from chengtuan.platform.http.guard import Guard
from chengtuan.platform.http.headers import SafeHeaders
from tests.proofs.odd.requests import JSON, Library, Wish, spoiled
from tests.support.flash import SALES, ask_for_ticket, flash_sale, hold, shown
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import SHOP, Application, World

ORDERS = "/api/v1/trade/orders"
PAY = f"{ORDERS}/{{order_id}}/pay"
CALLBACK = f"{CALLBACKS}/transactions"
ODDITIES = 60


class Doors:
    """The same application twice: as it is served, and with nothing before the framework."""

    def __init__(self, application: Application, tokens: dict[str, str | None]) -> None:
        self._tokens = tokens
        self.asked = 0
        self._served = httpx.ASGITransport(SafeHeaders(Guard(DirectRoutes(_counting(application.api, self)))))
        self._framework = httpx.ASGITransport(SafeHeaders(Guard(application.api)))

    async def both(self, wish: Wish) -> tuple[httpx.Response, httpx.Response]:
        """The framework's answer and the one that is served, to a request that may be repeated."""
        return await self._send(self._framework, wish), await self._send(self._served, wish)

    async def _send(self, transport: httpx.ASGITransport, wish: Wish) -> httpx.Response:
        token = self._tokens[wish.caller]
        headers = [(name.encode(), value.encode()) for name, value in wish.headers.items()]
        if token is not None:
            headers.append((b"Authorization", f"Bearer {token}".encode()))
        url = httpx.URL(SHOP).copy_with(raw_path=wish.target.encode())
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.send(httpx.Request(wish.method, url, headers=headers, content=wish.payload))


def _counting(app: FastAPI, doors: Doors) -> Any:
    """The application, which counts how often it is asked itself."""

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(app, name)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            doors.asked += 1
            await app(scope, receive, send)

    return Counting()


def _same(answer: httpx.Response) -> tuple[Any, ...]:
    """An answer without what differs between two equal requests."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "content-length")}
    if "json" not in answer.headers.get("content-type", ""):
        return answer.status_code, headers, answer.content
    body = answer.json()
    return answer.status_code, headers, {k: v for k, v in body.items() if k not in ("request_id", "now")}, list(body)


@pytest.fixture
async def buyer(world: World) -> Buyer:
    return await (await open_shop(world)).shopper(1)


@pytest.fixture
async def doors(application: Application, buyer: Buyer) -> Doors:
    other = await buyer.shop.shopper(2)
    return Doors(application, {"ann": buyer.person.token, "ben": other.person.token, "nobody": None})


def _wish(path: str, body: Any, caller: str = "ann", **places: str) -> Wish:
    method = "GET" if body is None and caller == "ann" else "POST"
    headers = {} if method == "GET" else {"Idempotency-Key": str(uuid4()), "Content-Type": JSON}
    return Wish(path, method, path, caller, places, headers=headers, body=body)


async def _create(buyer: Buyer) -> Wish:
    lines = {"sku_id": buyer.shop.sku_id, "quantity": 2, "address_id": buyer.address_id, "remark": "請放門口"}
    return _wish(ORDERS, {"mode": "solo", **lines, "expected_payable_fen": None, "from_cart": False})


async def _read(buyer: Buyer) -> Wish:
    return _wish(f"{ORDERS}/{{order_id}}", None, order_id=(await buyer.order("solo", remark="x" * 150))["id"])


async def _wait(buyer: Buyer) -> Wish:
    return replace(await _read(buyer), query=[("wait", "0")])


async def _pay(buyer: Buyer) -> Wish:
    body = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
    return _wish(PAY, body, order_id=(await buyer.order("solo"))["id"])


async def _hold(buyer: Buyer) -> Wish:
    sale_id = await flash_sale(buyer.shop, 99, per_user_limit=99)
    key = uuid4()
    ticket = shown((await ask_for_ticket(buyer, sale_id, key)).json())
    body = {"sku_id": buyer.shop.sku_id, "quantity": 1, "address_id": buyer.address_id, **ticket}
    wish = _wish(f"{SALES}/{{sale_id}}/holds", body, sale_id=sale_id)
    return replace(wish, headers={**wish.headers, "Idempotency-Key": str(key)})


async def _ticket(buyer: Buyer) -> Wish:
    wish = _wish(f"{SALES}/{{sale_id}}/tickets", None, sale_id=await flash_sale(buyer.shop))
    return replace(wish, method="POST", headers={"Idempotency-Key": str(uuid4())})


async def _held(buyer: Buyer) -> Wish:
    held = await hold(buyer, await flash_sale(buyer.shop))
    return _wish(f"{SALES}/holds/{{hold_id}}", None, hold_id=held["id"])


async def _callback(_: Buyer) -> Wish:
    signed = {"Wechatpay-Timestamp": "1780286400", "Wechatpay-Nonce": "n", "Wechatpay-Signature": "AAAA"}
    wish = _wish(CALLBACK, {"id": "1", "resource": {}}, "nobody")
    return replace(wish, headers={**wish.headers, **signed, "Wechatpay-Serial": "1"})


RIGHTS = {
    "create": _create,
    "read": _read,
    "wait": _wait,
    "pay": _pay,
    "ticket": _ticket,
    "hold": _hold,
    "held": _held,
    "callback": _callback,
}


@pytest.mark.parametrize("name", RIGHTS)
async def test_both_ways_answer_the_same(buyer: Buyer, doors: Doors, name: str) -> None:
    right = await RIGHTS[name](buyer)
    framework, served = await doors.both(right)
    assert _same(served) == _same(framework)
    assert (framework.status_code // 100, doors.asked) == (4 if name == "callback" else 2, 0), framework.text

    library, seen = Library({}, ["ann", "ben", "nobody"]), set()
    for seed in range(ODDITIES):
        wish = spoiled(right, library, random.Random(seed))
        if "Idempotency-Key" in wish.headers and "Idempotency-Key" not in wish.odd:
            wish = replace(wish, headers={**wish.headers, "Idempotency-Key": str(uuid4())})
        framework, served = await doors.both(wish)
        assert _same(served) == _same(framework), (wish.odd, wish.method, wish.target, wish.payload[:300])
        seen.add(framework.status_code)
    assert len(seen) > 2, "or nothing odd was among them"
    assert 0 < doors.asked < ODDITIES


@pytest.mark.parametrize("encoding", ["gzip", "identity", "br;q=1, gzip;q=0"])
async def test_what_is_long_is_zipped_for_who_takes_it(buyer: Buyer, doors: Doors, encoding: str) -> None:
    right = await _read(buyer)
    framework, served = await doors.both(replace(right, headers={"Accept-Encoding": encoding}))
    assert _same(served) == _same(framework)
    assert len(served.content) > 1024, "or it is not long"
    assert doors.asked == 0


async def test_a_crash_is_answered_by_the_frameworks_own_hand(
    shop: Shop, doors: Doors, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = await _read(buyer)

    async def crash(*_: Any) -> None:
        raise ZeroDivisionError

    for route in api_routes(shop.world.api):
        if route.path == right.path and "GET" in (route.methods or ()):
            monkeypatch.setattr(route.dependant, "call", crash)
    transport = httpx.ASGITransport(SafeHeaders(Guard(DirectRoutes(shop.world.api))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SHOP) as client:
        answer = await client.get(right.target, headers={"Authorization": f"Bearer {buyer.person.token}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "platform/unknown")


def _with_a_list(router: APIRouter) -> None:
    @router.get("/direct")
    @direct
    async def asked(q: Annotated[list[int], Query()] = []) -> Response:  # noqa: B006  (nobody adds to it)
        return Response(str(q))


def _with_what_must_be_asked(router: APIRouter) -> None:
    @router.get("/direct")
    @direct
    async def asked(q: int) -> Response:
        return Response(str(q))


def _with_two_bodies(router: APIRouter) -> None:
    @router.post("/direct")
    @direct
    async def asked(one: dict[str, int], two: dict[str, int]) -> Response:
        return Response(str(one | two))


@pytest.mark.parametrize("add", [_with_a_list, _with_what_must_be_asked, _with_two_bodies])
def test_what_cannot_be_read_past_the_framework_is_refused_at_the_start(add: Callable[[APIRouter], None]) -> None:
    app = FastAPI()
    add(app.router)
    with pytest.raises(TypeError, match="direct"):
        DirectRoutes(app)


def test_the_busy_routes_are_direct(application: Application) -> None:
    """What a purchase asks for, again and again."""
    plans = DirectRoutes(application.api)._plans
    served = {(method, plan.path) for (method, _), found in plans.items() for plan in found}
    assert served == {
        ("POST", ORDERS),
        ("GET", f"{ORDERS}/*"),
        ("POST", f"{ORDERS}/*/pay"),
        ("POST", f"{SALES}/*/holds"),
        ("GET", f"{SALES}/holds/*"),
        ("POST", f"{SALES}/*/tickets"),
        ("POST", CALLBACK),
    }


@pytest.mark.parametrize("traced", [True, False])
def test_with_tracing_the_framework_serves_everything(
    application: Application, monkeypatch: pytest.MonkeyPatch, traced: bool
) -> None:
    """It could not trace what it does not see."""
    made: list[bool] = []

    class Seen(DirectRoutes):
        def __init__(self, app: FastAPI) -> None:
            made.append(True)

    monkeypatch.setattr(web, "create_api", lambda *_, **__: application.api)
    monkeypatch.setattr(web, "DirectRoutes", Seen)
    if traced:
        monkeypatch.setitem(application.composition.environ, "OTEL_SERVICE_NAME", "shop")
    web.create_app(application.composition)
    assert made == ([] if traced else [True])
