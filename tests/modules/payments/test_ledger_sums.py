"""Balances are sums and what was booked since; nothing that was booked is ever left out."""

import asyncio
import contextlib
from types import SimpleNamespace
from typing import cast
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import ledger_sums
from chengtuan.modules.payments.usecases import add_up_ledger as adding
from chengtuan.modules.payments.usecases.add_up_ledger import add_up_ledger
from chengtuan.platform.database import ReadSession
from chengtuan.platform.jobs import RetryLater
from chengtuan.platform.permissions import AllMerchants, OneMerchant, Scope
from tests.modules.payments.stage import MERCHANT, OTHER_MERCHANT, Stage
from tests.support.invariants import ALWAYS
from tests.support.rows import ask

RULE = ALWAYS["balances begin with what the ledger adds up to"]
_BOOK = (
    "insert into payments.entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at)"
    " select 'points_redeemed', %(fact)s, line, account, fen, 'trade.order', %(fact)s, %(merchant)s, now()"
    " from (values (1, 'points_redeemed', 700), (2, 'merchant_escrow', -700)) v(line, account, fen)"
)


def book(connection: psycopg.Connection[tuple[object, ...]], merchant_id: UUID) -> None:
    connection.execute(_BOOK, {"fact": uuid4(), "merchant": merchant_id})


async def escrow(stage: Stage, scope: Scope) -> int:
    async with stage.composition.running["payments"].database.read() as db:
        return {one.code: one.balance_fen for one in await ledger_sums.list_balances(db, scope)}["merchant_escrow"]


async def add_up(stage: Stage) -> None:
    await add_up_ledger(
        cast("PaymentsContext", SimpleNamespace(database=stage.composition.running["payments"].database))
    )


async def test_a_balance_is_the_last_sum_and_what_was_booked_since(stage: Stage) -> None:
    for summed in (0, 700, 1400):
        with psycopg.connect(stage.url) as connection:
            book(connection, MERCHANT)
            book(connection, OTHER_MERCHANT)
        assert await escrow(stage, OneMerchant(MERCHANT)) == summed + 700, "it counts before it is added up"
        await add_up(stage)
        await add_up(stage)
        assert await escrow(stage, OneMerchant(MERCHANT)) == summed + 700
        assert await escrow(stage, AllMerchants()) == 2 * (summed + 700)
        assert ask(stage.url, RULE) == []


@pytest.mark.parametrize("waits", [True, False])
async def test_what_is_being_booked_is_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, waits: bool
) -> None:
    """An entry with a lower number is committed after one with a higher. The control does not ask who writes."""
    monkeypatch.setattr(adding, "_BETWEEN_S", 0)
    if not waits:
        monkeypatch.setattr(ledger_sums, "who_writes", nobody)
    with psycopg.connect(stage.url) as slow:
        book(slow, MERCHANT)
        with psycopg.connect(stage.url) as quick:
            book(quick, MERCHANT)
        with pytest.raises(RetryLater) if waits else contextlib.nullcontext():
            await add_up(stage)
    await add_up(stage)
    assert await escrow(stage, OneMerchant(MERCHANT)) == (1400 if waits else 700)
    assert (ask(stage.url, RULE) == []) is waits


async def nobody(_: ReadSession) -> set[str]:
    return set()


async def test_many_that_add_up_at_once_add_nothing_twice(stage: Stage) -> None:
    with psycopg.connect(stage.url) as connection:
        for _ in range(20):
            book(connection, MERCHANT)
    await asyncio.gather(*(add_up(stage) for _ in range(4)))
    assert await escrow(stage, OneMerchant(MERCHANT)) == 14_000
    assert ask(stage.url, RULE) == []


pytestmark = pytest.mark.postgres
