"""A shop under a rush: a crowd at the doors of one or two processes' worth of the application."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import httpx
import psycopg
import pytest

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.apps.web import create_api
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.modules.trade.admission.rows import snapshots
from chengtuan.modules.trade.admission.rows.facts import activities, buyers, goods, groups
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.platform.database import WriteSession
from chengtuan.platform.http.direct import DirectRoutes
from chengtuan.platform.http.guard import Guard
from tests.support.crowd import Member, gather_crowd
from tests.support.shop import Buyer, Shop
from tests.support.world import PATIENT_S, SHOP, Person

T = TypeVar("T")
DOORS = 2
GUARDS = (
    ("trade.buy_group", "ck_buy_group_seats"),
    ("trade.stock", "ck_stock_equation"),
    ("trade.activity", "ck_activity_cap"),
)
"""The CHECK constraints behind the row locks."""


@dataclass(frozen=True)
class Stage:
    """`doors` are clients of independent instances of the application on one database."""

    shop: Shop
    database_url: str
    doors: Sequence[httpx.AsyncClient]
    compositions: Sequence[Composition] = ()

    async def settle_everywhere(self) -> None:
        """All instances do what is due at the same time, unelected: more rivalry than there ever is."""
        await asyncio.gather(*(composition.settle() for composition in self.compositions))

    def crowd(self, count: int) -> list[Buyer]:
        """Signed-in shoppers, spread over the doors in turn."""
        world = self.shop.world
        members = gather_crowd(self.database_url, world.composition.keys, count, world.clock.now())
        return [self._buyer(member, number) for number, member in enumerate(members)]

    def through_all_doors(self, buyer: Buyer) -> list[Buyer]:
        """The same person with an app open at every instance."""
        return [
            Buyer(self.shop, Person(door, buyer.person.token, buyer.person.id), buyer.address_id) for door in self.doors
        ]

    def _buyer(self, member: Member, number: int) -> Buyer:
        door = self.doors[number % len(self.doors)]
        return Buyer(self.shop, Person(door, member.token, member.id), str(member.address_id))

    async def open_group(self, campaign: dict[str, Any], paid: int) -> str:
        """An open group with `paid` paid members, beyond the rush."""
        world = self.shop.world
        members = gather_crowd(self.database_url, world.composition.keys, paid, world.clock.now())
        buyers = [self._buyer(member, 0) for member in members]
        first = await buyers[0].open(campaign)
        await buyers[0].pay(first["id"])
        for buyer in buyers[1:]:
            await buyer.pay((await buyer.join(first["group_id"]))["id"])
        return str(first["group_id"])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []


def outcomes(answers: Sequence[httpx.Response]) -> Counter[str]:
    """How often each answer was given: `201`, or a problem's code."""
    return Counter("201" if a.status_code == 201 else str(a.json()["code"]) for a in answers)


async def rush(*attempts: Awaitable[T]) -> list[T]:
    """All at once."""
    return list(await asyncio.gather(*attempts))


@contextlib.asynccontextmanager
async def open_doors(shop: Shop, database_url: str) -> AsyncIterator[Stage]:
    """The shop's own instance and one more, each with its own pools and lanes."""
    world = shop.world
    partner = httpx.ASGITransport(app=world.sandbox_app)
    async with contextlib.AsyncExitStack() as stack:
        doors, compositions = [world.client], [world.composition]
        for _ in range(DOORS - 1):
            composition = Composition(
                environ=world.environ,
                clock=world.clock,
                modules=[manifest.name for manifest in Composition.manifests],
                outside=outside_client(partner),
            )
            compositions.append(composition)
            app = Guard(DirectRoutes(create_api(composition, background=False)), request_timeout_s=PATIENT_S)
            await stack.enter_async_context(composition.open())
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50001))
            doors.append(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=SHOP)))
        yield Stage(shop, database_url, doors, compositions)


def widen_the_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause between reading and writing: a race that is there shows every time, not now and then."""

    async def slow(tx: WriteSession, wishes: Sequence[Wish], now: Any) -> Snapshot:
        snapshot = await snapshots.lock_snapshot(tx, wishes, now)
        await asyncio.sleep(0.02)
        return snapshot

    monkeypatch.setattr(submit_order, "lock_snapshot", slow)


def remove_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Admission reads the contended rows without locking them, and the same person is judged twice at a time."""
    for query in (buyers.LOCK, groups.ROWS, activities.ROWS, goods.ROWS):
        monkeypatch.setattr(query, "locked", None)


@contextlib.contextmanager
def without_constraints(stage: Stage) -> Iterator[None]:
    """The CHECK constraints behind the locks are gone; put back at the end, with whatever broke them removed."""
    saved = [(table, name, _definition(stage, table, name)) for table, name in GUARDS]
    for table, name, _ in saved:
        stage.rows(f"alter table {table} drop constraint {name}")
    try:
        yield
    finally:
        for table, name, definition in saved:
            # rows that break it are the control's result; the next test empties the tables
            stage.rows(f"alter table {table} add constraint {name} {definition} not valid")


def _definition(stage: Stage, table: str, name: str) -> str:
    query = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and conname = %s"
    return str(stage.rows(query, table, name)[0][0])


async def another_product(shop: Shop) -> str:
    """The SKU of a second product of the shop, in stock."""
    catalog = cast("CatalogFacade", shop.world.composition.facades[CatalogFacade])
    draft = ProductDraft(
        name={"en": "Lychee"},
        summary={"en": "Red"},
        description={"en": "Red and sweet"},
        category_slug="fresh",
        images=["/media/products/lychee-1.webp"],
        list_price_fen=None,
        skus=[SkuDraft(sku_id=None, name={"en": "1 kg"}, solo_price_fen=5000)],
    )
    product = await catalog.add_product(merchant_id=shop.merchant_id, product=draft, demo=False, publish=True)
    await shop.world.settle()
    sku_id = str(product.skus[0].sku_id)
    answer = await shop.merchant.put(f"/api/v1/trade/console/stock/{sku_id}", {"on_hand": 100, "expected": 0})
    assert answer.status_code == 200, answer.text
    return sku_id
