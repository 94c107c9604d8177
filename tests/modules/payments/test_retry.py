"""What a person does about abnormal refunds, and the limits that keep refunds from becoming abnormal."""

import asyncio
import contextlib
import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.modules.payments.facade import RefundAbnormal, RefundNotAbnormal, RefundNotFound, RefundSucceeded
from chengtuan.modules.payments.rows import refunds
from chengtuan.modules.payments.rules.refund import Refund, Trouble
from chengtuan.modules.payments.rules.refund_limits import PAUSE, limit_reached
from chengtuan.platform.database import WriteSession
from tests.modules.payments.stage import PRICE, Stage
from tests.modules.payments.test_domain import NOON

SUBMIT = "POST /v3/refund/domestic/refunds"


async def _finish(stage: Stage) -> None:
    await stage.run()
    stage.advance(2)
    await stage.run()


def _told(stage: Stage) -> list[str]:
    return [event.trouble for event in stage.events() if isinstance(event, RefundAbnormal)]


async def test_what_was_refused_is_submitted_at_once(stage: Stage) -> None:
    await stage.paid()
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 1")
    refund_id = await stage.refund()
    await stage.run()
    assert stage.refund_row(refund_id)["last_error"] == "INVALID_REQUEST: the refunds exceed the payment"
    event = stage.events()[-1]
    assert isinstance(event, RefundAbnormal)
    assert (event.trouble, event.reason) == ("refused", "INVALID_REQUEST: the refunds exceed the payment")
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 0")
    await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.refund_row(refund_id)["trouble"] is None
    assert len(stage.sandbox.store.all("SELECT * FROM refund")) == 1


async def test_a_closed_one_goes_on_beyond_the_automatic_numbers(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED, times=5)
    refund_id = await stage.refund()
    for _ in range(8):
        await _finish(stage)
        stage.advance(3600)
    assert (stage.refund_row(refund_id)["status"], stage.refund_row(refund_id)["trouble"]) == ("abnormal", "closed")
    assert stage.wire.count(SUBMIT) == 5
    await stage.payments.retry_refund(request_id=refund_id)
    with pytest.raises(RefundNotAbnormal):
        await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.refund_row(refund_id)["sequence"] == 6
    assert stage.wire.count(SUBMIT) == 6
    assert sum(stage.balances().values()) == 0


async def test_a_closed_one_need_not_wait_for_its_hour(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    refund_id = await stage.refund()
    await _finish(stage)
    stage.advance(65)
    await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    refund = stage.refund_row(refund_id)
    assert (refund["status"], refund["sequence"]) == ("succeeded", 2)
    assert [type(event) for event in stage.events()[1:]] == [RefundAbnormal, RefundSucceeded]


async def test_one_that_failed_there_is_asked_about_and_not_submitted_again(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    refund_id = await stage.refund()
    await _finish(stage)
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.desk.post(f"/control/refunds/R{refund_id.hex}/repair")
    await stage.sandbox.deliver_due()
    await stage.payments.retry_refund(request_id=refund_id)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.wire.count(SUBMIT) == 1


async def test_one_that_the_provider_lost_is_submitted_under_its_number(stage: Stage) -> None:
    await stage.paid()
    refund_id = await stage.refund()
    stage.arm(FaultKind.REFUND_DELAYED, seconds=600)
    await stage.run()
    stage.sandbox.store.run("DELETE FROM refund")
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 0")
    stage.advance(30)
    await stage.run()
    assert _told(stage) == ["lost"]
    await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"


async def test_a_person_and_the_job_at_once_return_money_once(stage: Stage) -> None:
    await stage.paid()
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 1")
    refund_id = await stage.refund()
    await stage.run()
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 0")
    stage.advance(3600)
    await asyncio.gather(stage.run(), *(_impatient(stage, refund_id) for _ in range(5)))
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert len(stage.sandbox.store.all("SELECT * FROM refund")) == 1
    assert stage.balances() == {}


async def _impatient(stage: Stage, refund_id: UUID) -> None:
    with contextlib.suppress(RefundNotAbnormal):  # the job was faster
        await stage.payments.retry_refund(request_id=refund_id)


async def test_nothing_to_retry(stage: Stage) -> None:
    await stage.paid()
    with pytest.raises(RefundNotFound):
        await stage.payments.retry_refund(request_id=uuid4())
    refund_id = await stage.refund()
    with pytest.raises(RefundNotAbnormal):
        await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    with pytest.raises(RefundNotAbnormal):
        await stage.payments.retry_refund(request_id=refund_id)


async def test_a_cause_is_told_once_until_it_changes_or_a_person_tries_again(stage: Stage) -> None:
    await stage.paid()
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 1")
    refund_id = await stage.refund()
    await stage.run()
    for fault in (None, FaultKind.API_500, None):
        if fault:
            stage.arm(fault, times=3)
        stage.advance(3600)
        await stage.run()
    assert _told(stage) == ["refused"], "silence in between is no other cause"
    await stage.payments.retry_refund(request_id=refund_id)
    await stage.run()
    assert _told(stage) == ["refused", "refused"]
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 0")
    stage.arm(FaultKind.REFUND_ABNORMAL)
    await stage.payments.retry_refund(request_id=refund_id)
    await _finish(stage)
    assert _told(stage) == ["refused", "refused", "failed"]


async def test_two_refunds_of_one_payment_keep_their_distance_unasked(stage: Stage) -> None:
    """The second waits here: the provider is never given an occasion to refuse it."""
    await stage.paid()
    wanted = [await stage.refund(500), await stage.refund(600), await stage.refund(700)]
    async with asyncio.timeout(20):  # one that may not go at the very moment it was told of would ask for ever
        for _ in range(3):
            await _finish(stage)
            stage.advance(PAUSE.total_seconds() - 2)
    assert {stage.refund_row(refund)["status"] for refund in wanted} == {"succeeded"}
    assert stage.wire.count(SUBMIT) == 3
    asked = [row["created_at"] for row in stage.sandbox.store.all("SELECT created_at FROM refund ORDER BY 1")]
    assert [later - earlier for earlier, later in itertools.pairwise(asked)] == [PAUSE.total_seconds()] * 2
    assert [row["attempts"] for row in stage.rows("select attempts from payments.refund")] == [0, 0, 0]


async def test_without_the_wait_the_provider_refuses(stage: Stage) -> None:
    """Negative control: forget when the provider was asked, and the second refund is turned down."""
    await stage.paid()
    stage.rows(
        "create function payments.forget() returns trigger language plpgsql as $$"
        " begin new.refund_asked_no := null; return new; end $$"
    )
    stage.rows(
        "create trigger forget before update on payments.payment for each row execute function payments.forget()"
    )
    await stage.refund(500)
    await stage.refund(600)
    await _finish(stage)
    assert sum(row["attempts"] for row in stage.rows("select attempts from payments.refund")) == 1


def has_had(stage: Stage, refunds: int) -> None:
    """The provider has taken so many of one fen each."""
    stage.rows(
        "insert into payments.refund (id, payment_id, subject_id, number, amount_fen, reason, status, planned_at,"
        " succeeded_at, provider_refund_id) select gen_random_uuid(), payment_id, subject_id, 'E' || n, 1, 'cancelled',"
        " 'succeeded', now(), now(), 'P' || n from payments.payment_share, generate_series(1, %s) as n",
        refunds,
    )


def taken(stage: Stage) -> int:
    """How many the provider has, of those that it was asked for."""
    return len(stage.sandbox.store.all("SELECT 1 FROM refund"))


async def test_the_fifty_first_refund_goes_to_a_person(stage: Stage) -> None:
    await stage.paid()
    has_had(stage, 50)
    refund_id = await stage.refund(1)
    await stage.run()
    assert (stage.refund_row(refund_id)["status"], stage.refund_row(refund_id)["trouble"]) == ("abnormal", "too_many")
    assert stage.wire.count(SUBMIT) == 0
    assert _told(stage) == ["too_many"]


async def test_one_that_was_asked_for_counts_though_no_answer_came(stage: Stage) -> None:
    await stage.paid()
    has_had(stage, 49)
    stage.arm(FaultKind.API_500_AFTER)
    stage.arm(FaultKind.REFUND_DELAYED, seconds=600)
    both = [await stage.refund(1), await stage.refund(1)]
    await stage.run()
    assert taken(stage) == 1
    assert _told(stage) == ["too_many"]
    stage.advance(600)
    await _finish(stage)
    assert sorted(stage.refund_row(refund)["status"] for refund in both) == ["abnormal", "succeeded"]


@pytest.mark.parametrize(("locked", "asked"), [(True, 1), (False, 2)])
async def test_of_two_that_are_both_the_last_one_is_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, locked: bool, asked: int
) -> None:
    """Control: without the payment's lock, who has counted and not asked yet asks later, as the fifty-first."""
    await stage.paid()
    has_had(stage, 49)
    await stage.refund(1)
    await stage.refund(1)
    count, lock, held_up = refunds.count_others_asked, refunds.lock_payment_of, "wait_event_type = 'Lock'"
    counted = itertools.count()

    async def count_and_dawdle(tx: WriteSession, refund: Refund) -> int:
        found, first = await count(tx, refund), next(counted) == 0
        async with asyncio.timeout(20):
            while first and not (taken(stage) or stage.rows(f"select 1 from pg_stat_activity where {held_up}")):
                await asyncio.sleep(0.01)
        if first:
            stage.advance(PAUSE.total_seconds())
        return found

    async def lock_nothing(tx: WriteSession, refund: Refund) -> None: ...

    monkeypatch.setattr(refunds, "count_others_asked", count_and_dawdle)
    monkeypatch.setattr(refunds, "lock_payment_of", lock if locked else lock_nothing)
    await stage.run()
    assert taken(stage) == asked


async def test_numbers_that_the_provider_closed_count_as_well_and_those_not_asked_for_do_not(stage: Stage) -> None:
    await stage.paid()

    async def asked() -> int:
        async with stage.composition.running["payments"].database.write() as tx:
            refund = await refunds.find_refund(tx, first)
            assert refund is not None
            return await refunds.count_others_asked(tx, replace(refund, id=uuid4()))

    counts = []
    stage.arm(FaultKind.REFUND_CLOSED)
    first = await stage.refund(500)
    for seconds in (0, 3600, 3600):
        stage.advance(seconds)
        counts.append(await asked())
        await _finish(stage)
    await stage.refund(500)
    assert [*counts, await asked()] == [0, 1, 2, 2]


async def test_a_payment_of_last_year_is_not_refunded_by_the_provider(stage: Stage) -> None:
    await stage.paid()
    stage.advance(timedelta(days=365).total_seconds() + 1)
    refund_id = await stage.refund()
    await stage.run()
    assert stage.refund_row(refund_id)["trouble"] == "too_old"
    assert stage.wire.count(SUBMIT) == 0
    assert stage.balances() == {"provider_clearing": PRICE, "refunds_in_transit": -PRICE}


@pytest.mark.parametrize(
    ("asked", "days", "trouble"),
    [(0, 0, None), (49, 365, None), (50, 0, Trouble.TOO_MANY), (0, 365.001, Trouble.TOO_OLD)],
)
def test_limits(asked: int, days: float, trouble: Trouble | None) -> None:
    assert limit_reached(asked=asked, paid_at=NOON, now=NOON + timedelta(days=days)) is trouble
