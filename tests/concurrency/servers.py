"""Two real servers on one database, beside the partners' sandbox: processes, sockets, and a crowd at the doors."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import psycopg

from chengtuan.apps.composition import Composition
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.registry import MANIFESTS
from chengtuan.gateways.sandbox import initialise
from chengtuan.kernel.clock import SystemClock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.modules.merchants.facade import MerchantsFacade
from tests.gateways.process import SandboxProcess
from tests.support.crowd import Member, gather_crowd
from tests.support.flash import CONSOLE
from tests.support.flash import PRICE as FLASH_PRICE
from tests.support.ports import free_port
from tests.support.shop import PASSWORD
from tests.support.world import KEYS

LOGIN = "owner-of-the-rush"
PRICE = 9900
GUARDED = ("-m", "chengtuan.apps.cli", "serve", "--port")
UNGUARDED = ("-m", "tests.concurrency.unguarded")
_READY_S = 180.0


@dataclass(frozen=True)
class Item:
    """Something to sell."""

    product_id: str
    sku_id: str


@dataclass
class Servers:
    """`ports` are the doors; `items` are in the shop, none in stock."""

    environ: dict[str, str]
    ports: Sequence[int]
    sandbox_url: str
    http: httpx.AsyncClient
    items: list[Item]
    staff_token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    async def ask(self, method: str, path: str, token: str, body: Any = None, *, key: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        answer = await self.http.request(method, f"{self.url}{path}", headers=headers, json=body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    async def pay(self, member: Member, order_id: str) -> None:
        """Through the cashier of the sandbox's process."""
        way = {"channel": "wechat_h5", "return_url": f"{self.url}/back"}
        path = f"/api/v1/trade/orders/{order_id}/pay"
        hand_over = await self.ask("POST", path, member.token, way, key=order_id)
        prepay_id = httpx.URL(hand_over["redirect_url"]).path.rpartition("/")[2]
        paid = await self.http.post(f"{self.sandbox_url}/desk/api/pay", json={"prepay_id": prepay_id})
        assert paid.json()["result"] == "paid", paid.text

    async def stock(self, item: Item, units: int) -> None:
        path = f"/api/v1/trade/console/stock/{item.sku_id}"
        await self.ask("PUT", path, self.staff_token, {"on_hand": units, "expected": 0}, key=str(uuid4()))

    async def campaign(self, item: Item, people: int) -> str:
        now = SystemClock().now()
        body = {
            "product_id": item.product_id,
            "name": "rush",
            "kind": "fixed",
            "tiers": [{"people": people, "prices": [{"sku_id": item.sku_id, "price_fen": PRICE}]}],
            "group_duration_s": 86400,
            "starts_at": (now - timedelta(seconds=5)).isoformat(),
            "ends_at": (now + timedelta(days=3)).isoformat(),
        }
        return str((await self.ask("POST", "/api/v1/trade/console/campaigns", self.staff_token, body))["id"])

    async def flash_sale(self, item: Item, units: int, *, per_user_limit: int = 1) -> str:
        """A running one; its id."""
        now = SystemClock().now()
        body = {
            "product_id": item.product_id,
            "name": "rush",
            "starts_at": now.isoformat(),
            "ends_at": (now + timedelta(hours=2)).isoformat(),
            "variants": [{"sku_id": item.sku_id, "price_fen": FLASH_PRICE, "units": units}],
            "per_user_limit": per_user_limit,
        }
        return str((await self.ask("POST", CONSOLE, self.staff_token, body))["id"])

    async def open_group(self, initiator: Member, item: Item, people: int) -> str:
        """A group that its initiator has paid for, so that others can join."""
        wish = {"mode": "open", "sku_id": item.sku_id, "quantity": 1, "address_id": str(initiator.address_id)}
        wish["campaign_id"] = await self.campaign(item, people)
        order = await self.ask("POST", "/api/v1/trade/orders", initiator.token, wish, key=str(initiator.id))
        await self.pay(initiator, order["id"])
        group = str(order["group_id"])
        await self.eventually("select status from trade.buy_group where id = %s", group, rows=[("open",)])
        return group

    async def ledger(self) -> dict[str, Any]:
        return dict((await self.http.get(f"{self.sandbox_url}/desk/api/ledger")).json())

    def crowd(self, count: int) -> list[Member]:
        composition = Composition(environ=self.environ, clock=SystemClock(), modules=[])
        return gather_crowd(self.environ["CHENGTUAN_DATABASE_URL"], composition.keys, count, SystemClock().now())

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environ["CHENGTUAN_DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    async def eventually(self, query: str, *values: object, rows: list[tuple[Any, ...]]) -> None:
        """Until the query's answer is `rows`."""
        async with asyncio.timeout(_READY_S):
            while self.rows(query, *values) != rows:
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def running_servers(
    database_url: str,
    folder: Path,
    *,
    program: Sequence[str],
    items: int,
    doors: int = 2,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Servers]:
    """As many processes of `program` as `doors`, and the sandbox; `items` products on the shelf."""
    ports, sandbox_port = [free_port() for _ in range(doors)], free_port()
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    credentials = initialise(folder, public_url=sandbox_url)
    lines = [line for line in credentials.read_text().splitlines() if "=" in line and line[0] != "#"]
    whole = (
        dict(line.split("=", 1) for line in lines)
        | KEYS
        | {
            "CHENGTUAN_DATABASE_URL": database_url,
            "CHENGTUAN_DATA": str(folder),
            "CHENGTUAN_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}",
            "CHENGTUAN_LOG_LEVEL": "error",
        }
        | dict(environ or {})
    )
    await asyncio.to_thread(bring_up_to_date, whole)
    shelf = await _fill_the_shelf(whole, items)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
        await stack.enter_async_context(SandboxProcess(folder, sandbox_port))
        for port in ports:
            await stack.enter_async_context(_server(whole, folder, [*program, str(port)]))
        for port in ports:
            await _ready(http, port)
        servers = Servers(whole, ports, sandbox_url, http, shelf)
        signed_in = await http.post(
            f"{servers.url}/api/v1/accounts/staff/sessions", json={"login": LOGIN, "password": PASSWORD}
        )
        servers.staff_token = signed_in.json()["token"]
        yield servers
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def _server(environ: dict[str, str], folder: Path, arguments: Sequence[str]) -> AsyncIterator[None]:
    with (folder / "servers.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=os.environ | environ, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _ready(http: httpx.AsyncClient, port: int) -> None:
    async with asyncio.timeout(_READY_S):
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(f"http://127.0.0.1:{port}/healthz", timeout=2)).status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def _fill_the_shelf(environ: dict[str, str], count: int) -> list[Item]:
    composition = Composition(environ=environ, clock=SystemClock(), modules=[manifest.name for manifest in MANIFESTS])
    merchants = cast("MerchantsFacade", composition.facades[MerchantsFacade])
    accounts = cast("AccountsFacade", composition.facades[AccountsFacade])
    catalog = cast("CatalogFacade", composition.facades[CatalogFacade])
    async with composition.open():
        merchant_id = await merchants.add_merchant(
            name={"en": "Orchard"}, intro={"en": "Fruit"}, logo_url="", demo=False
        )
        await accounts.add_staff(
            login=LOGIN, password=PASSWORD, name="Owner", roles=["merchant_owner"], merchant_id=merchant_id
        )
        await catalog.add_category(slug="fresh", name={"en": "Fresh"}, icon_url="/media/x.webp", position=1)
        products = [
            await catalog.add_product(merchant_id=merchant_id, product=_draft(n), demo=False, publish=True)
            for n in range(count)
        ]
        await composition.settle()
    return [Item(str(product.product_id), str(product.skus[0].sku_id)) for product in products]


def _draft(number: int) -> ProductDraft:
    return ProductDraft(
        name={"en": f"Fruit {number}"},
        summary={"en": "Sweet"},
        description={"en": "Sweet"},
        category_slug="fresh",
        images=["/media/x.webp"],
        list_price_fen=None,
        skus=[SkuDraft(sku_id=None, name={"en": "1 kg"}, solo_price_fen=PRICE)],
    )
