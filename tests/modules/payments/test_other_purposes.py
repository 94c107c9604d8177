"""Money for something else than orders: it takes the same ways, and trade leaves it alone."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.registry import MANIFESTS
from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade import subscribers as trade_subscribers
from chengtuan.platform.permissions import Role
from tests.support.club import CLUB, MEMBERSHIP, Club, install_club
from tests.support.invariants import violations
from tests.support.shop import PASSWORD, Buyer, Shop, open_shop
from tests.support.world import Person, World, open_world

FEE = 10_000
"""As much as the shop's product costs: what is told of a membership would fit an order."""
DAY = date(2026, 6, 1)
LEDGER = "/api/v1/payments/console/ledger"
BILL = f"/api/v1/payments/console/reconciliations/{DAY}"
TRADE = ("shop_order", "buy_group", "seat", "stock", "stock_movement", "activity", "refund", "outbox", "job")


@dataclass
class Scene:
    """A shop with a club beside it. The membership has the id of an order that waits for its payment."""

    world: World
    shop: Shop
    club: Club
    buyer: Buyer
    order: dict[str, Any]
    url: str

    @property
    def membership_id(self) -> UUID:
        return UUID(self.order["id"])

    async def join(self) -> None:
        hand_over = await self.club.join(self.membership_id, self.shop.merchant_id, FEE)
        assert hand_over.redirect_url is not None
        prepay_id = httpx.URL(hand_over.redirect_url).path.rpartition("/")[2]
        answer = await self.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
        assert answer.json()["result"] == "paid"
        await self.world.settle()

    def membership(self) -> dict[str, Any]:
        with psycopg.connect(self.url, row_factory=psycopg.rows.dict_row) as connection:
            row = connection.execute("select paid_fen, returned_fen, trouble from club.membership").fetchone()
        assert row is not None
        return row

    def trade(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that trade knows."""
        with psycopg.connect(self.url) as connection:
            rows = {}
            for table in TRADE:
                query = sql.SQL("select * from {} order by 1, 2").format(sql.Identifier("trade", table))
                rows[table] = connection.execute(query).fetchall()
            return rows

    async def later(self) -> None:
        """The provider takes its time over refunds, and lets two of a payment be a minute apart."""
        for _ in range(3):
            self.world.clock.advance(timedelta(seconds=70))
            await self.world.settle()

    async def platform(self) -> Person:
        accounts = cast("AccountsFacade", self.world.composition.facades[AccountsFacade])
        await accounts.add_staff(
            login="desk", password=PASSWORD, name="Desk", roles=[Role.PLATFORM_ADMIN.value], merchant_id=None
        )
        return await self.world.staff("desk", PASSWORD)


@pytest.fixture
def club_url(cluster: Cluster, template_url: str) -> Iterator[str]:
    name = f"club_{uuid4().hex}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name} template template_shop".encode())
        install_club(cluster.dsn(name))
        yield cluster.dsn(name)
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
async def scene(club_url: str, tmp_path: Path, clock: MovableClock) -> AsyncIterator[Scene]:
    async with open_world(club_url, tmp_path, clock, manifests=(*MANIFESTS, CLUB)) as world:
        shop = await open_shop(world, solo_price_fen=FEE)
        payments = cast("PaymentsFacade", world.composition.facades[PaymentsFacade])
        club = Club(world.composition.running["club"].database, payments)
        buyer = await shop.shopper(1)
        yield Scene(world, shop, club, buyer, await buyer.order("solo"), club_url)


async def test_a_membership_is_paid_and_returned_and_trade_stays_as_it_was(scene: Scene) -> None:
    before = scene.trade()
    await scene.join()
    assert scene.membership() == {"paid_fen": FEE, "returned_fen": 0, "trouble": None}
    await scene.club.give_back(scene.membership_id, 4_000)
    await scene.later()
    assert scene.membership() == {"paid_fen": FEE, "returned_fen": 4_000, "trouble": None}
    scene.world.sandbox_app.state.sandbox.faults.arm(FaultKind.REFUND_ABNORMAL)
    await scene.club.give_back(scene.membership_id, 6_000)
    await scene.later()
    assert scene.membership() == {"paid_fen": FEE, "returned_fen": 4_000, "trouble": "failed"}
    assert scene.trade() == before
    await scene.buyer.pay(scene.order["id"])
    assert (await scene.buyer.see(scene.order["id"]))["status"] == "to_ship"
    ledger = (await scene.world.partner.get("/desk/api/ledger")).json()
    assert violations(scene.url, ledger=ledger) == []


async def test_without_a_look_at_the_purpose_an_order_is_taken_for_paid(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a membership's id may be an order's, and its fee that order's price."""
    monkeypatch.setattr(trade_subscribers, "_of_an_order", lambda _: True)
    await scene.join()
    assert (await scene.buyer.see(scene.order["id"]))["status"] == "to_ship"


async def test_the_books_and_the_bill_name_what_was_paid_for(scene: Scene) -> None:
    await scene.join()
    await scene.club.give_back(scene.membership_id, 4_000)
    await scene.later()
    own = (await scene.shop.merchant.get(LEDGER, purpose=MEMBERSHIP, subject_id=str(scene.membership_id))).json()
    assert [(one["kind"], one["subject_number"]) for one in own["items"]] == [
        ("refund_succeeded", "M-1"),
        ("refund_planned", "M-1"),
        ("payment", "M-1"),
    ]
    of_the_order = {"purpose": "trade.order", "subject_id": scene.order["id"]}
    assert (await scene.shop.merchant.get(LEDGER, **of_the_order)).json()["items"] == []

    scene.world.clock.advance(timedelta(hours=23))
    desk = await scene.platform()
    day = (await desk.post(BILL)).json()
    assert (day["status"], day["payments_here"], day["refunds_here"]) == ("clean", 1, 1)
    assert (await desk.get(f"{BILL}/differences")).json() == {"items": [], "next_cursor": None}
    trades = (await scene.world.partner.get("/desk/api/ledger")).json()["trades"]
    row = {"kind": "drop_row", "number": trades[0]["out_trade_no"]}
    await scene.world.partner.post(f"/control/bills/{DAY}/differences", json=row)
    await desk.post(BILL)
    (difference,) = (await desk.get(f"{BILL}/differences")).json()["items"]
    assert (difference["purpose"], difference["subject_id"]) == (MEMBERSHIP, scene.order["id"])
    assert (difference["subject_number"], difference["merchant_id"]) == ("M-1", str(scene.shop.merchant_id))
