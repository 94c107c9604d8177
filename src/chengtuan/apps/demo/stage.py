"""The product and its partners' sandbox in one process, on a clock that the story moves."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.apps.web import create_app
from chengtuan.gateways.sandbox import SandboxSettings, create_sandbox_app
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.facades import Facade

_SHOP = "http://shop.demo"
_SANDBOX = "http://sandbox.demo"


class StoryBroken(Exception):
    """A step of the demo's history was refused by the product."""


class _Later(httpx.AsyncBaseTransport):
    """Leads to an application that is built after the client that needs it."""

    app: Any = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(app=self.app).handle_async_request(request)


@dataclass
class Stage:
    """`client` speaks to the product, `partner` to the sandbox."""

    clock: MovableClock
    composition: Composition
    client: httpx.AsyncClient
    partner: httpx.AsyncClient
    sandbox: Any

    async def settle(self) -> None:
        """Everything that is due happens: events, jobs, the partners' notices."""
        await self.composition.settle()
        await self.sandbox.state.sandbox.deliver_due()
        await self.composition.settle()

    async def move_to(self, instant: datetime) -> None:
        """Time passes; deadlines on the way fall due."""
        if instant > self.clock.now():
            self.clock.move_to(instant)
        await self.settle()

    def facade(self, kind: type[Facade]) -> Any:
        return self.composition.facades[kind]


@dataclass(frozen=True)
class Actor:
    """Somebody signed in. Staff have no address."""

    stage: Stage
    headers: Mapping[str, str]
    address_id: str | None = None
    province_code: str = ""

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises StoryBroken."""
        headers = {**self.headers, "Idempotency-Key": str(uuid4())}
        answer = await self.stage.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        if answer.status_code >= 400:
            raise StoryBroken(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


@contextlib.asynccontextmanager
async def open_stage(environ: Mapping[str, str], data: Path, start: datetime) -> AsyncIterator[Stage]:
    clock = MovableClock(start)
    to_shop = _Later()
    callbacks = httpx.AsyncClient(transport=to_shop)
    desk = environ.get("CHENGTUAN_SANDBOX_DESK_URL", _SANDBOX).rstrip("/")
    settings = SandboxSettings(data_dir=data, public_url=desk, shop_origins=(_SHOP,), refund_delay_s=1.0)
    sandbox = create_sandbox_app(settings, clock, callbacks)
    to_sandbox = httpx.ASGITransport(app=sandbox)
    names = [manifest.name for manifest in Composition.manifests]
    composition = Composition(environ=environ, clock=clock, modules=names, outside=outside_client(to_sandbox))
    to_shop.app = create_app(composition, background=False)
    async with (
        composition.open(),
        httpx.AsyncClient(transport=to_shop, base_url=_SHOP) as client,
        httpx.AsyncClient(transport=to_sandbox, base_url=_SANDBOX) as partner,
    ):
        yield Stage(clock, composition, client, partner, sandbox)
        await sandbox.state.sandbox.close()
    await callbacks.aclose()
