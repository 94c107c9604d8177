"""Each guard of the money, and what happens without it: a guard that cannot be missed is decoration."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import RefundTooLarge
from chengtuan.modules.payments.rows.payments import close_payment, lock_payment
from chengtuan.modules.payments.rows.refunds import lock_refund, lock_refund_by_id
from chengtuan.modules.payments.rows.rush import lock_payments
from chengtuan.platform.database import WriteSession
from tests.modules.payments.stage import ENTRY_COLUMNS, PAYMENT_COLUMNS, PRICE, Stage, an_order

ENTRY = (
    f"insert into payments.entry ({ENTRY_COLUMNS})"
    " select 'payment', %s, 1, %s, %s, 'trade.order', id, id, now() from (select %s::uuid) as the_order(id)"
)


def _one_sided(stage: Stage) -> None:
    stage.rows(ENTRY, new_id(), "provider_clearing", 100, stage.order_id)


async def test_a_booking_must_sum_to_zero(stage: Stage) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="out of balance by 100 fen"):
        _one_sided(stage)
    stage.rows("drop trigger entry_balance on payments.entry")
    _one_sided(stage)
    assert stage.balances() == {"provider_clearing": 100}


async def test_a_booking_is_complete_at_the_commit_not_before(stage: Stage) -> None:
    """The trigger is deferred: two statements of one transaction may make one booking."""
    subject = new_id()
    with psycopg.connect(stage.url) as connection:
        connection.execute(ENTRY, (subject, "provider_clearing", 100, stage.order_id))
        connection.execute(ENTRY, (subject, "merchant_escrow", -100, stage.order_id))
    assert stage.balances() == {"provider_clearing": 100, "merchant_escrow": -100}


@pytest.mark.parametrize(
    "change",
    ["update payments.entry set amount_fen = 1", "delete from payments.entry", "truncate payments.entry"],
)
async def test_the_ledger_is_append_only(stage: Stage, change: str) -> None:
    await stage.paid()
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        stage.rows(change)
    assert sum(stage.balances().values()) == 0
    stage.rows("drop trigger entry_append_only on payments.entry")
    stage.rows("drop trigger entry_balance on payments.entry")
    stage.rows("alter table payments.entry drop constraint uq_entry_kind_fact_id_subject_id_account")
    stage.rows(change)
    assert stage.balances() != {"provider_clearing": PRICE, "merchant_escrow": -PRICE}


async def test_a_fact_is_booked_once(stage: Stage) -> None:
    await stage.paid()
    again = f"insert into payments.entry ({ENTRY_COLUMNS}) select {ENTRY_COLUMNS} from payments.entry"
    with pytest.raises(psycopg.errors.UniqueViolation):
        stage.rows(again)
    stage.rows("alter table payments.entry drop constraint uq_entry_kind_fact_id_subject_id_account")
    stage.rows(again)
    assert stage.balances()["provider_clearing"] == 2 * PRICE


async def test_one_provider_number_settles_one_payment(stage: Stage) -> None:
    await stage.paid("wechat_jsapi")
    steal = (
        f"with stolen as (insert into payments.payment ({PAYMENT_COLUMNS}, transaction_id, paid_at)"
        " select %s, payable_id, user_id, request_id, channel, %s, amount_fen, description, 'paid', expires_at,"
        " created_at, transaction_id, paid_at from payments.payment returning id)"
        " insert into payments.payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen)"
        " select stolen.id, s.subject_id, s.subject_number, s.merchant_id, s.amount_fen"
        " from stolen, payments.payment_share s"
    )
    with pytest.raises(psycopg.errors.UniqueViolation, match="transaction_id"):
        stage.rows(steal, new_id(), new_id().hex)
    stage.rows("alter table payments.payment drop constraint uq_payment_transaction_id")
    stage.rows(steal, new_id(), new_id().hex)


async def test_paid_needs_proof(stage: Stage) -> None:
    """Nobody marks an order paid without the provider's number: there is no such call, and no such row."""
    await stage.open()
    claim = "update payments.payment set status = 'paid'"
    with pytest.raises(psycopg.errors.CheckViolation, match="paid_is_proven"):
        stage.rows(claim)
    stage.rows("alter table payments.payment drop constraint ck_payment_paid_is_proven")
    stage.rows(claim)


async def _twenty_halves(stage: Stage) -> int:
    """Twenty refunds of half the payment each, at once; how many were granted."""

    async def one() -> bool:
        try:
            await stage.refund(PRICE // 2)
        except (RefundTooLarge, psycopg.errors.CheckViolation):
            return False
        return True

    return sum(await asyncio.gather(*(one() for _ in range(20))))


async def test_refunds_stay_within_the_payment(stage: Stage) -> None:
    await stage.paid()
    assert await _twenty_halves(stage) == 2


_READ_THEN_WRITE = """
create function payments.forget_limit() returns trigger language plpgsql as $$
begin
    -- the classic mistake: nothing stands between twenty requests and one sum
    new.refund_reserved_fen := 0;
    return new;
end $$
"""


async def test_without_the_reservation_refunds_exceed_the_payment(stage: Stage) -> None:
    """Negative control of the conditional update: if reservations are not kept, all twenty pass."""
    await stage.paid()
    stage.rows(_READ_THEN_WRITE)
    stage.rows(
        "create trigger forget before update on payments.payment_share for each row"
        " execute function payments.forget_limit()"
    )
    assert await _twenty_halves(stage) == 20
    total = stage.row("select sum(amount_fen) as total from payments.refund")["total"]
    assert total == 10 * 2 * (PRICE // 2)


async def test_the_last_line_under_the_reservation(stage: Stage) -> None:
    await stage.paid()
    too_much = "update payments.payment_share set refund_reserved_fen = amount_fen + 1"
    with pytest.raises(psycopg.errors.CheckViolation, match="refunds_within_share"):
        stage.rows(too_much)
    stage.rows("alter table payments.payment_share drop constraint ck_payment_share_refunds_within_share")
    stage.rows(too_much)


async def test_a_payment_that_is_being_settled_waits_for_nobody_else(stage: Stage) -> None:
    """Two batches that settle the same payment at once would book it twice: its row is locked first."""
    await stage.open()
    [(number,)] = [tuple(row.values()) for row in stage.rows("select out_trade_no from payments.payment")]
    locked = "select 1 from payments.payment where out_trade_no = %s for no key update nowait"
    async with stage.composition.running["payments"].database.write() as tx:
        payments, _ = await lock_payments(tx, [number], [])
        assert set(payments) == {number}
        with pytest.raises(psycopg.errors.LockNotAvailable):
            stage.rows(locked, number)
    assert len(stage.rows(locked, number)) == 1


async def test_a_payment_and_a_refund_that_are_being_judged_are_locked(stage: Stage) -> None:
    await stage.paid()
    refund_id = await stage.refund()
    number, refund = stage.payment()["out_trade_no"], stage.refund_row(refund_id)
    held = "select 1 from payments.{} where id = %s for no key update nowait"
    locks: list[tuple[Callable[[WriteSession], Awaitable[object]], str, UUID]] = [
        (lambda tx: lock_payment(tx, number), "payment", stage.payment()["id"]),
        (lambda tx: lock_refund(tx, refund["number"]), "refund", refund_id),
        (lambda tx: lock_refund_by_id(tx, refund_id), "refund", refund_id),
    ]
    for lock, table, row_id in locks:
        async with stage.composition.running["payments"].database.write() as tx:
            await lock(tx)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                stage.rows(held.format(table), row_id)
        assert len(stage.rows(held.format(table), row_id)) == 1


async def test_only_what_is_still_pending_is_closed(stage: Stage) -> None:
    """Whoever closes may be late: the money was faster, or another had closed it."""
    await stage.paid("wechat_jsapi")
    stage.order_id = uuid4()
    await stage.open("wechat_h5")
    paid, pending = stage.rows("select id from payments.payment order by status = 'pending'")
    async with stage.composition.running["payments"].database.write() as tx:
        assert [await close_payment(tx, each["id"]) for each in (paid, pending, pending)] == [False, True, False]
    assert [row["status"] for row in stage.rows("select status from payments.payment order by 1")] == ["closed", "paid"]


# Two batches that lock the same rows in different orders would wait for each other: who waits for the second row
# must hold the first.


async def _waits(stage: Stage) -> None:
    async with asyncio.timeout(10):
        while not stage.rows("select 1 from pg_locks where not granted"):
            await asyncio.sleep(0)


async def test_payments_are_settled_in_the_order_of_their_ids(stage: Stage) -> None:
    for _ in range(2):
        await stage.open(payable=an_order(uuid4()))
    first, second = stage.rows("select id from payments.payment order by id")
    numbers = {"A": second["id"], "B": first["id"]}  # by their numbers they come the other way round
    for number, payment_id in numbers.items():
        stage.rows("update payments.payment set out_trade_no = %s where id = %s", number, payment_id)

    async def settle() -> None:
        async with stage.composition.running["payments"].database.write() as tx:
            await lock_payments(tx, list(numbers), [])

    with psycopg.connect(stage.url) as holder:
        holder.execute("select 1 from payments.payment where id = %s for update", (second["id"],))
        settling = asyncio.create_task(settle())
        await _waits(stage)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            stage.rows("select 1 from payments.payment where id = %s for no key update nowait", first["id"])
    await settling


async def test_payments_are_opened_in_the_order_of_what_is_paid(stage: Stage) -> None:
    first, second = sorted([uuid4(), uuid4()])
    for order_id in (first, second):
        await stage.open("wechat_h5", payable=an_order(order_id))
    with psycopg.connect(stage.url) as holder:
        holder.execute("select 1 from payments.payable where subject_id = %s for update", (second,))
        # what comes while the first batch is under way shares the next one
        opening = asyncio.gather(*(stage.open(payable=an_order(order_id)) for order_id in (uuid4(), second, first)))
        await _waits(stage)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            stage.rows("select 1 from payments.payable where subject_id = %s for update nowait", first)
    await opening
