"""The lines between shop and provider, both ways; the one to the provider may break."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.proofs.chaos.process import Process, ProcessDied, outside
from tests.proofs.chaos.tally import Tally

_SHOP_PEER = ("127.0.0.1", 50000)


@dataclass
class ToProvider(httpx.AsyncBaseTransport):
    """`trouble` are the names of what happens to the next requests of the payment interface."""

    app: Any
    tally: Tally
    trouble: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        work = httpx.ASGITransport(app=self.app).handle_async_request(request)
        kind = self.trouble.pop(0) if self.trouble and request.url.path.startswith("/v3/") else None
        if kind is None:
            return await outside(work)
        self.tally.hit(kind)
        if kind == "answers lost":
            await outside(work)
            raise httpx.ReadTimeout("lost on the way back", request=request)
        work.close()
        if kind == "no connection":
            raise httpx.ConnectError("nobody there", request=request)
        raise httpx.ReadTimeout("lost on the way there", request=request)


@dataclass
class ToShop(httpx.AsyncBaseTransport):
    """To whichever process is up. What passes is kept in `heard`: the provider's callbacks, for a forger."""

    up: Callable[[], tuple[Process, Any] | None]
    heard: list[httpx.Request] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.heard is not None:
            self.heard.append(request)
        found = self.up()
        if found is None:
            raise httpx.ConnectError("the shop is down", request=request)
        process, app = found
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=_SHOP_PEER)
        try:
            return await process.call(transport.handle_async_request(request))
        except ProcessDied:
            raise httpx.ReadError("the shop died", request=request) from None


def falsified(notice: httpx.Request, chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """A true callback as somebody might send it who has seen one: changed, stripped, or under another name."""
    headers = {name: value for name, value in notice.headers.items() if name.startswith(("wechatpay", "content-type"))}
    body = notice.content
    way = chance.choice(["body", "no signature", "another signature", "another serial"])
    if way == "body":
        return body.replace(b'"create_time"', b'"created_time"', 1), headers
    if way == "no signature":
        return body, {name: value for name, value in headers.items() if name != "wechatpay-signature"}
    if way == "another signature":
        return body, headers | {"wechatpay-signature": headers["wechatpay-signature"][::-1]}
    return body, headers | {"wechatpay-serial": "PUB_KEY_ID_0000000000000000000000000001"}
