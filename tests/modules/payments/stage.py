"""The payments module alone, over a real database, beside the provider's sandbox; nothing runs by itself."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from psycopg.rows import dict_row

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.gateways.sandbox import FaultKind, Sandbox, SandboxSettings, create_sandbox_app
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.payments.facade import (
    HandOver,
    Payable,
    PaymentRequest,
    PaymentsFacade,
    RefundRequest,
    Share,
)
from chengtuan.modules.payments.module import PAYMENTS
from chengtuan.platform.events import Event, decode
from chengtuan.platform.http.access import Shopper, Staff
from chengtuan.platform.http.direct import DirectRoutes
from chengtuan.platform.http.guard import Guard
from chengtuan.platform.http.problems import install_problem_handlers
from chengtuan.platform.permissions import Role
from tests.support.world import SANDBOX, SHOP, Application, _LateTransport, environment

PRICE = 1990
OPENID = "o-lin"
NUMBER = "2611220001"
ORDER = "trade.order"
MERCHANT, OTHER_MERCHANT = uuid4(), uuid4()


OF_ORDER = (
    "select p.* from payments.payment p join payments.payable y on y.id = p.payable_id"
    " where y.subject_id = %s and p.channel = %s"
)
PAYMENT_COLUMNS = (
    "id, payable_id, user_id, request_id, channel, out_trade_no, amount_fen, description, status, expires_at,"
    " created_at"
)
ENTRY_COLUMNS = "kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at"


def an_order(order_id: UUID) -> Payable:
    """An order, as trade names it."""
    return Payable(purpose=ORDER, subject_id=order_id)


class Crash(Exception):
    """The process dies."""


class Wire(httpx.AsyncBaseTransport):
    """The way to the provider. A test may look at what was asked, and step in after an answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.before: Callable[[httpx.Request], Awaitable[None]] | None = None
        self.after: Callable[[httpx.Request], Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        self.bodies.append(await request.aread())
        if self.before is not None:
            await self.before(request)
        response = await self._inner.handle_async_request(request)
        if self.after is not None:
            await self.after(request)
        return response

    def count(self, ending: str) -> int:
        return sum(asked.endswith(ending) for asked in self.asked)


class _Door:
    """Lets a platform administrator and the employees of two merchants in, by the name of their token."""

    async def shopper(self, token: str) -> Shopper | None:
        return None

    async def staff(self, token: str) -> Staff | None:
        if token == "admin":
            return Staff.of(uuid4(), None, [Role.PLATFORM_ADMIN])
        merchant_id = {"merchant": MERCHANT, "other": OTHER_MERCHANT}.get(token)
        return Staff.of(uuid4(), merchant_id, [Role.MERCHANT_OWNER]) if merchant_id else None


@dataclass
class Stage:
    url: str
    clock: MovableClock
    composition: Composition
    payments: PaymentsFacade
    shop: httpx.AsyncClient
    desk: httpx.AsyncClient
    sandbox: Sandbox
    wire: Wire
    app: Guard
    order_id: UUID = field(default_factory=uuid4)

    def arm(self, kind: FaultKind, **how: Any) -> None:
        self.sandbox.faults.arm(kind, **how)

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    async def run(self) -> None:
        """Run all jobs that are due; the provider's own timers and callbacks too."""
        await self.sandbox.deliver_due()
        await self.composition.running["payments"].jobs.drain()
        await self.sandbox.deliver_due()

    @property
    def payable(self) -> Payable:
        return an_order(self.order_id)

    async def open(
        self,
        channel: str = "wechat_jsapi",
        *,
        payable: Payable | None = None,
        merchant_id: UUID = MERCHANT,
        amount_fen: int = PRICE,
        shares: Sequence[Share] | None = None,
        **changes: Any,
    ) -> HandOver:
        payable = payable or self.payable
        whole = Share(
            subject_id=payable.subject_id, subject_number=NUMBER, merchant_id=merchant_id, amount_fen=amount_fen
        )
        wanted: dict[str, Any] = {
            "request_id": uuid4(),
            "payable": payable,
            "shares": (whole,) if shares is None else tuple(shares),
            "user_id": uuid4(),
            "description": "三人團 臍橙 5 斤",
            "channel": channel,
            "payer_openid": OPENID,
            "client_ip": "203.0.113.9",
            "return_url": f"{SHOP}/#/result",
            "expires_at": self.clock.now() + timedelta(minutes=15),
        }
        return await self.payments.open_payment(request=PaymentRequest(**(wanted | changes)))

    async def press_pay(self, channel: str = "wechat_jsapi", *, order_id: UUID | None = None) -> str:
        """The user confirms the payment dialogue; the callbacks are delivered."""
        row = self.row(f"{OF_ORDER} order by p.created_at desc limit 1", order_id or self.order_id, channel)
        answer = await self.desk.post("/desk/api/pay", json={"out_trade_no": row["out_trade_no"]})
        await self.sandbox.deliver_due()
        return str(answer.json()["result"])

    async def paid(self, channel: str = "wechat_jsapi") -> None:
        await self.open(channel)
        assert await self.press_pay(channel) == "paid"
        assert self.payment()["status"] == "paid"

    async def refund(self, amount_fen: int = PRICE, *, order_id: UUID | None = None, **changes: Any) -> UUID:
        """Ask for a refund of the order's first payment; its id."""
        request_id, subject_id = uuid4(), order_id or self.order_id
        paid = self.rows(
            "select p.id from payments.payment p join payments.payment_share s on s.payment_id = p.id"
            " where s.subject_id = %s and p.status = 'paid' order by p.paid_at, p.id limit 1",
            subject_id,
        )
        wanted: dict[str, Any] = {
            "request_id": request_id,
            "payment_id": paid[0]["id"] if paid else uuid4(),
            "subject_id": subject_id,
            "number": f"R{request_id.hex}",
            "amount_fen": amount_fen,
            "reason": "group_failed",
        }
        request = RefundRequest(**(wanted | changes))
        await self.payments.request_refund(request=request)
        return request.request_id

    def rows(self, query: str, *params: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    def row(self, query: str, *params: object) -> dict[str, Any]:
        (found,) = self.rows(query, *params)
        return found

    def payment(self, channel: str = "wechat_jsapi") -> dict[str, Any]:
        return self.row(OF_ORDER, self.order_id, channel)

    def share(self, channel: str = "wechat_jsapi") -> dict[str, Any]:
        """The order's share of its payment."""
        return self.row("select * from payments.payment_share where payment_id = %s", self.payment(channel)["id"])

    def refund_row(self, refund_id: UUID) -> dict[str, Any]:
        return self.row("select * from payments.refund where id = %s", refund_id)

    def misread(self, fen: int) -> None:
        """All payments and their shares come to be of another amount: nothing that is told of them fits."""
        self.rows(
            "with shares as (update payments.payment_share set amount_fen = %s)"
            " update payments.payment set amount_fen = %s",
            fen,
            fen,
        )

    def notices(self) -> list[tuple[str, int]]:
        found = self.rows("select outcome, deliveries from payments.notice order by received_at, notice_id")
        return [(row["outcome"], row["deliveries"]) for row in found]

    def balances(self) -> dict[str, int]:
        """Debit positive."""
        found = self.rows("select account, sum(amount_fen)::bigint as total from payments.entry group by account")
        return {row["account"]: row["total"] for row in found if row["total"]}

    def events(self) -> list[Event]:
        """What was emitted, in order; nobody on this stage hears of it."""
        found = self.rows("select name, payload from payments.event_archive order by seq")
        return [decode(row["name"], row["payload"]) for row in found]

    def jobs(self) -> list[str]:
        return [row["kind"] for row in self.rows("select kind from payments.job order by kind")]


@contextlib.asynccontextmanager
async def open_payments(url: str, folder: Path, clock: MovableClock) -> AsyncIterator[Application]:
    """What a stage after the other is made of."""
    to_sandbox = _LateTransport()
    environ = environment(url, folder)
    composition = Composition(
        environ=environ,
        clock=clock,
        modules=["payments"],
        manifests=(PAYMENTS,),
        outside=outside_client(Wire(to_sandbox)),
    )
    api = _app(composition)
    async with composition.open():
        yield Application(
            environ, folder, clock, composition, api, Guard(DirectRoutes(api), request_timeout_s=60), to_sandbox
        )


@contextlib.asynccontextmanager
async def open_stage_of(application: Application, **settings: Any) -> AsyncIterator[Stage]:
    """`settings`: of the sandbox, which is the stage's own."""
    to_shop = _LateTransport(application.shop)
    composition, url = application.composition, application.environ["CHENGTUAN_DATABASE_URL"]
    async with (
        httpx.AsyncClient(transport=to_shop, base_url=SHOP) as shop,
        httpx.AsyncClient(transport=to_shop, base_url=SHOP) as callbacks,
    ):
        wanted: dict[str, Any] = {"refund_delay_s": 2.0, "poll_s": 3600.0} | settings
        sandbox_app = create_sandbox_app(
            SandboxSettings(data_dir=application.data, public_url=SANDBOX, shop_origins=(SHOP,), **wanted),
            application.clock,
            callbacks,
        )
        application.to_sandbox.app = sandbox_app
        async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox_app), base_url=SANDBOX) as desk:
            payments, wire = composition.facades[PaymentsFacade], composition.outside._transport
            assert isinstance(payments, PaymentsFacade)
            assert isinstance(wire, Wire)
            sandbox = sandbox_app.state.sandbox
            yield Stage(url, application.clock, composition, payments, shop, desk, sandbox, wire, application.shop)
            await sandbox.close()


@contextlib.asynccontextmanager
async def open_stage(url: str, folder: Path, clock: MovableClock, **settings: Any) -> AsyncIterator[Stage]:
    """A stage with an application of its own."""
    async with open_payments(url, folder, clock) as application, open_stage_of(application, **settings) as stage:
        yield stage


def _app(composition: Composition) -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)
    app.state.authenticator = _Door()
    for router in composition.routers():
        app.include_router(router)
    return app
