"""What the tests of `accounts` share."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.people.rules.phones import parse_phone
from tests.support.work import nonce_for
from tests.support.world import Person, World

ACCOUNTS = "/api/v1/accounts"
PHONE = "13800138000"
ADDRESS: dict[str, Any] = {
    "name": "王小明",
    "phone": "13912345678",
    "province_code": "440000",
    "province": "廣東省",
    "city": "深圳市",
    "district": "南山區",
    "detail": "科苑路 15 號",
    "is_default": False,
}


async def ask_code(world: World, phone: str = PHONE, language: str = "zh-Hant", **more: Any) -> httpx.Response:
    """`more`: other fields of the body; `address` is where the request comes from."""
    headers = {"Accept-Language": language}
    if address := more.pop("address", None):
        headers["X-Forwarded-For"] = address
    return await world.client.post(f"{ACCOUNTS}/sms-codes", json={"phone": phone, **more}, headers=headers)


async def inbox(world: World, phone: str = PHONE) -> list[dict[str, Any]]:
    """The text messages that arrived at a phone, newest first."""
    answer = await world.partner.get("/desk/api/sms", params={"phone": parse_phone(phone)})
    return list(answer.json()["items"])


async def received_code(world: World, phone: str = PHONE) -> str:
    """The newest code that the phone's owner can read."""
    return str((await inbox(world, phone))[0]["code"])


@dataclass(frozen=True)
class Code:
    """A code with the request that it can be used with."""

    text: str
    request_id: str


async def fresh_code(world: World, phone: str = PHONE, **more: Any) -> Code:
    asked = await ask_code(world, phone, **more)
    assert asked.status_code == 202, asked.text
    await world.settle()
    return Code(await received_code(world, phone), asked.json()["request_id"])


async def enter(world: World, code: Code, phone: str = PHONE, **more: Any) -> httpx.Response:
    headers = {"X-Forwarded-For": address} if (address := more.pop("address", None)) else {}
    typed = {"phone": phone, "code": code.text, "request_id": code.request_id, **more}
    return await world.client.post(f"{ACCOUNTS}/sessions/phone", json=typed, headers=headers)


def other_than(code: Code, offset: int = 1) -> Code:
    return Code(f"{(int(code.text) + offset) % 1_000_000:06d}", code.request_id)


def proof_for(refused: httpx.Response) -> dict[str, str]:
    """Does the work that an answer asks for."""
    assert (refused.status_code, refused.json()["code"]) == (428, "accounts/proof-needed"), refused.text
    challenge, bits = refused.json()["challenge"], refused.json()["bits"]
    return {"challenge": challenge, "nonce": nonce_for(challenge, bits)}


async def stored_text(world: World, *, schema: str = "accounts") -> str:
    """Everything that a dump of the module's tables would hold; bytes both raw and in hex."""
    url = world.environ["CHENGTUAN_DATABASE_URL"]
    texts: list[str] = []
    async with await psycopg.AsyncConnection.connect(url) as connection:
        tables = await (
            await connection.execute("select tablename from pg_tables where schemaname = %s", (schema,))
        ).fetchall()
        for (table,) in tables:
            query = psycopg.sql.SQL("select * from {}").format(psycopg.sql.Identifier(schema, table))
            for row in await (await connection.execute(query)).fetchall():
                texts += [
                    value.decode("latin-1") + value.hex() if isinstance(value, bytes) else str(value) for value in row
                ]
    return "\n".join(texts)


async def execute(world: World, sql: str, *params: object) -> list[tuple[Any, ...]]:
    """Straight to the database, as no use case can."""
    url = world.environ["CHENGTUAN_DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(sql, params)
        return await cursor.fetchall() if cursor.description else []


def facade_of(world: World) -> AccountsFacade:
    """What other modules call."""
    facade = world.composition.facades[AccountsFacade]
    assert isinstance(facade, AccountsFacade)
    return facade


async def request(person: Person, method: str, path: str, body: Any = None) -> httpx.Response:
    """Any request of somebody signed in, below `/accounts`."""
    return await person.client.request(
        method, f"{ACCOUNTS}/{path}", json=body, headers={"Authorization": f"Bearer {person.token}"}
    )


@contextlib.contextmanager
def cut_off(world: World, path: str) -> Iterator[None]:
    """The partner's address behind `path` does not answer."""
    hooks = world.composition.outside.event_hooks

    async def refuse(request: httpx.Request) -> None:
        if path in request.url.path:
            raise httpx.ConnectError("nobody there", request=request)

    world.composition.outside.event_hooks = hooks | {"request": [*hooks["request"], refuse]}
    try:
        yield
    finally:
        world.composition.outside.event_hooks = hooks
