"""A whole system inside a test: all modules over a real database, with the partners' sandbox beside it."""

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from psycopg import sql

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.apps.web import create_api
from chengtuan.gateways.sandbox import SandboxSettings, create_sandbox_app, initialise
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.http.guard import Guard
from chengtuan.platform.http.headers import SafeHeaders

SHOP = "http://shop.test"
SANDBOX = "http://sandbox.test"
PATIENT_S = 60.0
"""A busy machine makes a crowd of requests slow; that they are cut off in time has tests of its own."""
KEYS = {
    "CHENGTUAN_FIELD_KEY": "1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CHENGTUAN_INDEX_KEY": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
    "CHENGTUAN_INTERNAL_KEY": "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=",
    "CHENGTUAN_REQUEST_TIMEOUT_S": str(PATIENT_S),
}


_KEYS = Path(tempfile.mkdtemp(prefix="chengtuan-keys-"))
atexit.register(shutil.rmtree, _KEYS, ignore_errors=True)


class _LateTransport(httpx.AsyncBaseTransport):
    """Goes to an application that is built later than the client that calls it."""

    def __init__(self) -> None:
        self.app: Any = None

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
        await self.composition.settle()
        await self.sandbox_app.state.sandbox.deliver_due()
        await self.composition.settle()

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


@contextlib.asynccontextmanager
async def open_world(
    database_url: str, data: Path, clock: MovableClock, *, request_timeout_s: float = PATIENT_S
) -> AsyncIterator[World]:
    """Modules started, nothing in the background: `settle()` makes things happen."""
    environ = environment(database_url, data)
    to_shop = _LateTransport()
    callbacks = httpx.AsyncClient(transport=to_shop, base_url=SHOP)
    settings = SandboxSettings(data_dir=data, public_url=SANDBOX, shop_origins=(SHOP,), refund_delay_s=0.0)
    sandbox_app = create_sandbox_app(settings, clock, callbacks)
    to_sandbox = httpx.ASGITransport(app=sandbox_app)
    composition = Composition(
        environ=environ,
        clock=clock,
        modules=[manifest.name for manifest in Composition.manifests],
        outside=outside_client(to_sandbox),
    )
    api = create_api(composition, background=False)
    to_shop.app = SafeHeaders(Guard(api, request_timeout_s=request_timeout_s))
    async with (
        composition.open(),
        httpx.AsyncClient(transport=to_shop, base_url=SHOP) as client,
        httpx.AsyncClient(transport=to_sandbox, base_url=SANDBOX) as partner,
    ):
        yield World(environ, clock, composition, api, client, partner, sandbox_app)
        await sandbox_app.state.sandbox.close()
    await callbacks.aclose()


def empty_tables(database_url: str) -> None:
    """Delete every row of every module; quicker than TRUNCATE for small tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where tableowner like 'chengtuan\\_%'"
            " and tablename <> 'alembic_version' and tablename not like 'event\\_archive\\_%'"
        ).fetchall()
        connection.execute("set session_replication_role = replica")  # append-only triggers stay out of it
        statements = [sql.SQL("delete from {}").format(sql.Identifier(*table)) for table in tables]
        if statements:
            connection.execute(sql.SQL("; ").join(statements))
