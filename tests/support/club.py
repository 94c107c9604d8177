"""A module that sells memberships: what any module does whose things are paid for, and nothing more."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, StaticPool, Table, Text, Uuid, create_engine, text

from chengtuan.modules.payments.facade import (
    HandOver,
    Payable,
    PaymentRequest,
    PaymentsFacade,
    PaymentSucceeded,
    RefundAbnormal,
    RefundRequest,
    RefundSucceeded,
    Share,
)
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.inbox import on
from chengtuan.platform.migrations import make_role
from chengtuan.platform.module import Built, Dependencies, ModuleManifest
from chengtuan.platform.table_steps import tables_of_a_module
from chengtuan.platform.tables import module_metadata

MEMBERSHIP = "club.membership"
METADATA = module_metadata("club")
MEMBERSHIPS = Table(
    "membership",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", Uuid),
    Column("paid_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("returned_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("trouble", Text),
)


@dataclass(frozen=True)
class Club:
    database: Database
    payments: PaymentsFacade

    async def join(self, membership_id: UUID, merchant_id: UUID, amount_fen: int) -> HandOver:
        async with self.database.write() as tx:
            await tx.execute("insert into membership (id) values (%s)", (membership_id,))
            now = tx.clock.now()
        whole = Share(subject_id=membership_id, subject_number="M-1", merchant_id=merchant_id, amount_fen=amount_fen)
        request = PaymentRequest(
            request_id=uuid4(),
            payable=Payable(purpose=MEMBERSHIP, subject_id=membership_id),
            shares=(whole,),
            user_id=uuid4(),
            description="会员一年",
            channel="wechat_h5",
            payer_openid=None,
            client_ip="203.0.113.9",
            return_url=None,
            expires_at=now + timedelta(minutes=15),
        )
        return await self.payments.open_payment(request=request)

    async def give_back(self, membership_id: UUID, amount_fen: int) -> None:
        request_id = uuid4()
        async with self.database.read() as db:
            payment_id = await db.fetch_value("select payment_id from membership where id = %s", (membership_id,))
        request = RefundRequest(
            request_id=request_id,
            payment_id=payment_id,
            subject_id=membership_id,
            number=f"M{request_id.hex}",
            amount_fen=amount_fen,
            reason="left",
        )
        await self.payments.request_refund(request=request)


async def begin(tx: WriteSession, event: PaymentSucceeded) -> None:
    if event.purpose == MEMBERSHIP:
        await tx.execute(
            "update membership set paid_fen = paid_fen + %s, payment_id = %s where id = %s",
            (event.amount_fen, event.payment_id, event.subject_id),
        )


async def end(tx: WriteSession, event: RefundSucceeded) -> None:
    if event.purpose == MEMBERSHIP:
        await tx.execute(
            "update membership set returned_fen = returned_fen + %s where id = %s", (event.amount_fen, event.subject_id)
        )


async def worry(tx: WriteSession, event: RefundAbnormal) -> None:
    if event.purpose == MEMBERSHIP:
        await tx.execute("update membership set trouble = %s where id = %s", (event.trouble, event.subject_id))


def build(_: Dependencies) -> Built:
    return Built(subscribers=[on(PaymentSucceeded, begin), on(RefundSucceeded, end), on(RefundAbnormal, worry)])


CLUB = ModuleManifest(
    name="club",
    package="tests.support",
    build=build,
    needs=(PaymentsFacade,),
    subscribes=(PaymentSucceeded, RefundSucceeded, RefundAbnormal),
)


def install_club(url: str) -> None:
    """Its role, schema and tables, as the first migration of a module makes them."""
    with psycopg.connect(url, autocommit=True) as connection:
        make_role(connection, "club")
        connection.execute("create schema club authorization chengtuan_club")
        connection.execute("set role chengtuan_club")
        engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool)
        with engine.begin() as started, Operations.context(MigrationContext.configure(started)):
            tables_of_a_module("club")
            MEMBERSHIPS.create(started)
