"""A whole system inside a test: all modules over a real database, with the partners' sandbox beside it."""

import asyncio
import atexit
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.web import create_api
from chengtuan.gateways.sandbox import SandboxSettings, create_sandbox_app, initialise
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.http.access import api_routes
from chengtuan.platform.http.direct import DirectRoutes
from chengtuan.platform.http.guard import Guard
from chengtuan.platform.http.headers import SafeHeaders
from chengtuan.platform.module import ModuleManifest
from tests.support.memory import Memory, module_of
from tests.support.rows import ask

SHOP = "http://shop.test"
SANDBOX = "http://sandbox.test"
PATIENT_S = 60.0
"""A busy machine makes a crowd of requests slow; that they are cut off in time has tests of its own."""
KEYS = {
    "CHENGTUAN_FIELD_KEY": "1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CHENGTUAN_INDEX_KEY": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
    "CHENGTUAN_INTERNAL_KEY": "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=",
    "CHENGTUAN_REQUEST_TIMEOUT_S": str(PATIENT_S),
    # as cheap as argon2 can be
    "CHENGTUAN_PASSWORD_MEMORY_KIB": "8",
    "CHENGTUAN_PASSWORD_ROUNDS": "1",
}


_BUSY = " union all ".join(
    f"select '{manifest.name}' where exists (select from {manifest.name}.outbox"
    " where next_try_at <= %(now)s and dead_at is null)"
    f" or exists (select from {manifest.name}.job where due_at <= %(now)s and dead_at is null)"
    for manifest in MANIFESTS
)
"""Which modules have something to do."""
_KEYS = Path(tempfile.mkdtemp(prefix="chengtuan-keys-"))
atexit.register(shutil.rmtree, _KEYS, ignore_errors=True)


class _LateTransport(httpx.AsyncBaseTransport):
    """Goes to an application that is built later than the client that calls it, or instead of an earlier one."""

    def __init__(self, app: Any = None) -> None:
        self.app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        return await transport.handle_async_request(request)


@dataclass
class World:
    """What a test has in hand."""

    environ: Mapping[str, str]
    clock: MovableClock
    composition: Composition
    api: FastAPI
    client: httpx.AsyncClient
    partner: httpx.AsyncClient
    sandbox_app: Any

    async def settle(self) -> None:
        """Let everything happen that is due: events, jobs, the partner's callbacks."""
        await self._work()
        await self.sandbox_app.state.sandbox.deliver_due()
        await self._work()

    async def _work(self) -> None:
        """As the composition settles, of those modules alone that have something to do: most have nothing mostly."""
        modules = self.composition.running
        loops = [loop for module in modules.values() for loop in module.built.loops]
        looped = 1
        while looped:
            done = 1  # an event behind one that failed is due, and waits for it all the same
            while done and (busy := ask(self.composition.platform.database_url, _BUSY, {"now": self.clock.now()})):
                done = 0
                for (name,) in busy:
                    done += await modules[name].relay.once() + await modules[name].jobs.drain()
            looped = sum([await loop.once() for loop in loops])

    async def sign_in(self, phone: str, language: str = "zh-Hant") -> "Person":
        """A shopper, signed in the way people are: by the code in the text message."""
        headers = {"Accept-Language": language}
        asked = await self.client.post("/api/v1/accounts/sms-codes", json={"phone": phone}, headers=headers)
        assert asked.status_code == 202, asked.text
        await self.settle()
        inbox = (await self.partner.get("/desk/api/sms", params={"phone": f"+86{phone}"})).json()
        code = inbox["items"][0]["code"]
        answer = await self.client.post(
            "/api/v1/accounts/sessions/phone",
            json={"phone": phone, "code": code, "request_id": asked.json()["request_id"]},
            headers=headers,
        )
        assert answer.status_code == 201, answer.text
        return Person(self.client, answer.json()["token"], UUID(answer.json()["user"]["id"]))

    async def staff(self, login: str, password: str) -> "Person":
        """A member of staff, signed in."""
        answer = await self.client.post("/api/v1/accounts/staff/sessions", json={"login": login, "password": password})
        assert answer.status_code == 201, answer.text
        return Person(self.client, answer.json()["token"], UUID(answer.json()["staff"]["id"]))


@dataclass(frozen=True)
class Person:
    """Somebody signed in; requests carry their token."""

    client: httpx.AsyncClient
    token: str
    id: UUID

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self._headers())

    async def post(self, path: str, json: Any = None, *, key: UUID | None = None) -> httpx.Response:
        headers = self._headers() | {"Idempotency-Key": str(key or uuid4())}
        return await self.client.post(path, json=json, headers=headers)

    async def put(self, path: str, json: Any, *, key: UUID | None = None) -> httpx.Response:
        headers = self._headers() | {"Idempotency-Key": str(key or uuid4())}
        return await self.client.put(path, json=json, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def environment(database_url: str, data: Path) -> dict[str, str]:
    """The settings of a system beside its sandbox."""
    # RSA keys take a while to make: one set serves a whole test process, unless a test brings its own
    if (_KEYS / "sandbox").is_dir() and not (data / "sandbox").exists():
        shutil.copytree(_KEYS / "sandbox", data / "sandbox", dirs_exist_ok=True)
    credentials = initialise(data, public_url=SANDBOX)
    if not (_KEYS / "sandbox").is_dir():
        shutil.copytree(data / "sandbox", _KEYS / "sandbox")
    environ = dict(
        line.split("=", 1) for line in credentials.read_text().splitlines() if "=" in line and line[0] != "#"
    )
    return (
        environ
        | KEYS
        | {
            "CHENGTUAN_DATABASE_URL": database_url,
            "CHENGTUAN_DATA": str(data),
            "CHENGTUAN_PUBLIC_URL": SHOP,
        }
    )


@dataclass
class Application:
    """What serves a world's requests. To build it takes longer than most tests, so one world after the other has it."""

    environ: Mapping[str, str]
    data: Path
    clock: MovableClock
    composition: Composition
    api: FastAPI
    shop: Any
    to_sandbox: _LateTransport

    def __post_init__(self) -> None:
        self.begun = Memory(
            composition=self.composition,
            shop=self.shop,
            state=vars(self.api.state)["_state"],
            routes=[route.endpoint for route in api_routes(self.api)],
        )
        self._files = set(self.data.rglob("*"))

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """As if it had just started; what is left of what it did are rows, and open connections.

        The database is empty: its modules start again, which write what they need there.
        """
        for module in self.composition.running.values():
            await module.built.start()
        before = asyncio.all_tasks()
        try:
            yield
        finally:
            await self._forget(before)

    async def _forget(self, tasks: set[asyncio.Task[Any]]) -> None:
        """`tasks`: those of others, which go on."""
        others = {task for task in asyncio.all_tasks() if _is_a_pools(task)}
        left = asyncio.all_tasks() - tasks - others - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self.begun.restore()
        closed = [name for name, module in self.composition.running.items() if module.database._write_pool._pool.closed]
        assert not closed, f"a test that closes databases needs an application of its own: {closed}"
        for path in sorted(set(self.data.rglob("*")) - self._files, reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


def _is_a_pools(task: asyncio.Task[Any]) -> bool:
    """A pool of connections begins to wait anew every ten minutes, in whichever test that may be."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and module_of(frame.f_locals.get("self")).startswith("psycopg_pool")


@contextlib.asynccontextmanager
async def open_application(
    database_url: str,
    data: Path,
    clock: MovableClock,
    *,
    request_timeout_s: float = PATIENT_S,
    manifests: Sequence[ModuleManifest] = MANIFESTS,
) -> AsyncIterator[Application]:
    """Modules started, nothing in the background; partners' requests go nowhere until there is a world."""
    environ = environment(database_url, data)
    to_sandbox = _LateTransport()
    composition = Composition(
        environ=environ,
        clock=clock,
        modules=[manifest.name for manifest in manifests],
        manifests=manifests,
        outside=outside_client(to_sandbox),
    )
    api = create_api(composition, background=False)
    shop = SafeHeaders(Guard(DirectRoutes(api), request_timeout_s=request_timeout_s))
    async with composition.open():
        yield Application(environ, data, clock, composition, api, shop, to_sandbox)


@contextlib.asynccontextmanager
async def open_world_of(application: Application) -> AsyncIterator[World]:
    """The application with a sandbox and clients of its own; `settle()` makes things happen."""
    to_shop = _LateTransport(application.shop)
    settings = SandboxSettings(
        data_dir=application.data,
        public_url=SANDBOX,
        shop_origins=(SHOP,),
        refund_delay_s=0.0,
        poll_s=3600.0,  # what a test has moved the clock to rings in `settle()`, not behind its back
    )
    async with (
        httpx.AsyncClient(transport=to_shop, base_url=SHOP) as callbacks,
        httpx.AsyncClient(transport=to_shop, base_url=SHOP) as client,
    ):
        sandbox_app = create_sandbox_app(settings, application.clock, callbacks)
        application.to_sandbox.app = sandbox_app
        async with httpx.AsyncClient(transport=application.to_sandbox, base_url=SANDBOX) as partner:
            environ, clock, composition = application.environ, application.clock, application.composition
            yield World(environ, clock, composition, application.api, client, partner, sandbox_app)
        await sandbox_app.state.sandbox.close()


@contextlib.asynccontextmanager
async def open_world(
    database_url: str,
    data: Path,
    clock: MovableClock,
    *,
    request_timeout_s: float = PATIENT_S,
    manifests: Sequence[ModuleManifest] = MANIFESTS,
) -> AsyncIterator[World]:
    """A world with an application of its own; the fixture `world` is cheaper."""
    async with (
        open_application(
            database_url, data, clock, request_timeout_s=request_timeout_s, manifests=manifests
        ) as application,
        open_world_of(application) as world,
    ):
        yield world
