"""A sandbox, our clients and a small merchant's server, all in one process, on one movable clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.sandbox import FaultKind, Sandbox, SandboxSettings, create_sandbox_app
from chengtuan.gateways.sms import HttpSmsSender, SmsConfig
from chengtuan.gateways.wechat import (
    CallbackRejected,
    MiniProgram,
    MiniProgramConfig,
    OrderRequest,
    RefundNotice,
    TransactionNotice,
    WeChatPay,
    WeChatPayConfig,
)
from chengtuan.kernel.clock import Clock, MovableClock

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SHOP = "http://shop.test"
DESK = "http://sandbox.test"


def pay_config(sandbox: Sandbox, *, public_key: bool = True) -> WeChatPayConfig:
    """The merchant's settings as `credentials.env` gives them."""
    own, folder = sandbox.credentials, sandbox.settings.folder
    return WeChatPayConfig(
        mchid=own.mchid,
        appid=own.appid,
        h5_appid=own.h5_appid,
        api_v3_key=own.api_v3_key,
        private_key_pem=(folder / "merchant_key.pem").read_text(),
        cert_serial=own.cert_serial,
        transaction_notify_url=f"{SHOP}/callbacks",
        refund_notify_url=f"{SHOP}/callbacks",
        public_key_id=own.public_key_id if public_key else None,
        public_key_pem=(folder / "platform_public_key.pem").read_text() if public_key else None,
        base_url=sandbox.settings.public_url,
    )


@dataclass
class Shop:
    """The merchant's callback address: keeps what it accepts, answers 401 to what it does not."""

    pay: WeChatPay
    accepted: list[TransactionNotice | RefundNotice] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    down: int = 0
    """So many of the next callbacks are answered 500."""

    async def callback(self, request: Request) -> Response:
        body = await request.body()
        self.raw.append((dict(request.headers), body))
        if self.down:
            self.down -= 1
            return JSONResponse({"code": "FAIL"}, 500)
        try:
            notice = await self.pay.verify_and_decrypt_callback(request.headers, body)
        except CallbackRejected as rejected:
            self.rejected.append(rejected.reason)
            return JSONResponse({"code": "FAIL"}, 401)
        self.accepted.append(notice)
        return Response(status_code=204)


@dataclass
class Stage:
    clock: Clock
    sandbox: Sandbox
    http: httpx.AsyncClient
    desk: httpx.AsyncClient
    pay: WeChatPay
    shop: Shop
    mini: MiniProgram
    sms: HttpSmsSender
    numbers: int = 0

    def order(self, amount_fen: int = 1990, **changes: Any) -> OrderRequest:
        self.numbers += 1
        order = OrderRequest(
            out_trade_no=f"T{self.numbers:08}",
            description="三人團 臍橙 5 斤",
            amount_fen=amount_fen,
            time_expire=self.clock.now() + timedelta(minutes=15),
            openid=self.sandbox.mini.openid("Lin"),
            client_ip="203.0.113.9",
        )
        return replace(order, **changes)

    def advance(self, seconds: float) -> None:
        assert isinstance(self.clock, MovableClock)
        self.clock.advance(timedelta(seconds=seconds))

    def arm(self, kind: FaultKind, **how: Any) -> None:
        self.sandbox.faults.arm(kind, **how)

    async def press_pay(self, out_trade_no: str) -> str:
        """What happens when the user confirms the payment dialogue; waits for the callbacks."""
        answer = await self.desk.post("/desk/api/pay", json={"out_trade_no": out_trade_no})
        await self.sandbox.deliver_due()
        return str(answer.json()["result"])

    async def paid(self, amount_fen: int = 1990) -> OrderRequest:
        order = self.order(amount_fen)
        await self.pay.jsapi_order(order)
        assert await self.press_pay(order.out_trade_no) == "paid"
        return order


@asynccontextmanager
async def on_stage(
    folder: Path, *, public_key: bool = True, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Stage]:
    """Set everything up and take it down again. The sandbox's own task sleeps: tests deliver by hand."""
    clock = clock or MovableClock(START)
    shop_app = Starlette()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop_app)) as to_shop:
        wanted = SandboxSettings(
            data_dir=folder,
            public_url=DESK,
            shop_origins=(SHOP,),
            **{"refund_delay_s": 2.0, "poll_s": 3600.0, **settings},
        )
        app = create_sandbox_app(wanted, clock, to_shop)
        sandbox: Sandbox = app.state.sandbox
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=DESK) as http:
            pay = WeChatPay(pay_config(sandbox, public_key=public_key), http, clock)
            shop = Shop(pay)
            shop_app.router.routes.append(Route("/callbacks", shop.callback, methods=["POST"]))
            own = sandbox.credentials
            mini = MiniProgram(MiniProgramConfig(appid=own.appid, secret=own.secret, base_url=DESK), http, clock)
            sms = HttpSmsSender(SmsConfig(base_url=f"{DESK}/sms-vendor", key=own.sms_key), http, clock)
            yield Stage(clock, sandbox, http, http, pay, shop, mini, sms)
            await sandbox.close()


def path_of(url: str) -> str:
    """Path and query of a URL, to be asked of a client that knows the host."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


async def settled() -> None:
    """Let tasks that were just started run."""
    for _ in range(5):
        await asyncio.sleep(0)
