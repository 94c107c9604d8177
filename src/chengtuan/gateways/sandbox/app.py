"""The sandbox as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.kernel.clock import Clock

from .bill_api import BillApi
from .control_api import ControlApi
from .desk.pages import Desk
from .desk_api import DeskApi
from .mini_api import MiniApi
from .pay_api import PayApi
from .sandbox import Sandbox
from .settings import SandboxSettings
from .sms_api import sms_routes


def create_sandbox_app(
    settings: SandboxSettings, clock: Clock, callback_http: httpx.AsyncClient | None = None
) -> Starlette:
    """Build the application; `app.state.sandbox` is the sandbox itself.

    `callback_http` delivers the notices; give one with an ASGITransport to stay in one process. Served by
    a server, the lifespan begins and ends the sandbox; mounted in-process, close `app.state.sandbox`.
    """
    sandbox = Sandbox(settings, clock, callback_http)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sandbox.wake()
        yield
        await sandbox.close()

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    pay_api = PayApi(sandbox)
    routes = [
        Route("/healthz", healthz, methods=["GET"]),
        *pay_api.routes(),
        *BillApi(sandbox, pay_api).routes(),
        *MiniApi(sandbox).routes(),
        *sms_routes(sandbox),
        *DeskApi(sandbox).routes(),
        *ControlApi(sandbox).routes(),
        *Desk(sandbox).routes(),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.sandbox = sandbox
    return app
