"""Refunds, always read together with the payment and the share of it that they go back from."""

from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.payments.facade import RefundRequest
from chengtuan.modules.payments.rules.refund import (
    REFUND_STATES,
    Refund,
    RefundAction,
    RefundAttempt,
    RefundStatus,
    Trouble,
)
from chengtuan.modules.payments.rules.refund_limits import PAUSE
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_SELECT: LiteralString = (
    "select r.id, r.payment_id, y.purpose, r.subject_id, r.number, r.sequence, r.amount_fen, r.reason, r.status,"
    " r.attempts, r.provider_refund_id, r.planned_at, r.submitted_at, r.trouble, p.out_trade_no,"
    " p.amount_fen as total_fen, s.merchant_id, p.paid_at"
    " from refund r join payment_share s on s.payment_id = r.payment_id and s.subject_id = r.subject_id"
    " join payment p on p.id = r.payment_id join payable y on y.id = p.payable_id"
)


async def find_refund(db: ReadSession | WriteSession, refund_id: UUID) -> Refund | None:
    return await db.fetch_one(
        Refund,
        _SELECT + " where r.id = %s",
        (refund_id,),
    )


async def find_open_attempt(db: ReadSession, attempt: RefundAttempt) -> Refund | None:
    """The refund, while it has not succeeded and no later attempt has taken over."""
    refund = await find_refund(db, attempt.refund_id)
    if refund is None or refund.status is RefundStatus.SUCCEEDED or refund.attempt != attempt:
        return None
    return refund


async def lock_refund(tx: WriteSession, number: str) -> Refund | None:
    """The refund, which nobody else changes until this transaction ends."""
    return await tx.fetch_one(
        Refund,
        _SELECT + " where r.number = %s for update of r",
        (number,),
    )


async def lock_refund_by_id(tx: WriteSession, refund_id: UUID) -> Refund | None:
    """As above."""
    return await tx.fetch_one(
        Refund,
        _SELECT + " where r.id = %s for update of r",
        (refund_id,),
    )


async def is_number_of_another(tx: WriteSession, refund_id: UUID, provider_refund_id: str) -> bool:
    """Whether the provider's number is another refund's."""
    return bool(
        await tx.fetch_value(
            "select exists (select 1 from refund where provider_refund_id = %s and id <> %s)",
            (provider_refund_id, refund_id),
        )
    )


async def insert_refund(tx: WriteSession, request: RefundRequest) -> bool:
    """Plan a refund; False if this one is planned already."""
    inserted = await tx.execute(
        "insert into refund (id, payment_id, subject_id, number, amount_fen, reason, status, planned_at)"
        " values (%(request_id)s, %(payment_id)s, %(subject_id)s, %(number)s, %(amount_fen)s, %(reason)s,"
        " %(status)s, %(now)s) on conflict (id) do nothing",
        asdict(request) | {"status": RefundStatus.PLANNED.value, "now": tx.clock.now()},
    )
    return inserted == 1


async def lock_payment_of(tx: WriteSession, refund: Refund) -> None:
    """Of its payment no other refund is asked for until this transaction ends."""
    await tx.execute("select from payment where id = %s for no key update", (refund.payment_id,))


async def count_others_asked(tx: WriteSession, refund: Refund) -> int:
    """Under how many numbers besides this one the provider may have refunds of the payment."""
    return int(
        await tx.fetch_value(
            # of refunds from before `asked` was counted, those that it took
            "select coalesce(sum(case when id = %(id)s then sequence - 1 else greatest(asked,"
            " sequence - case when provider_refund_id is null then 1 else 0 end) end), 0)"
            " from refund where payment_id = %(payment)s",
            {"id": refund.id, "payment": refund.payment_id},
        )
    )


async def claim_turn(tx: WriteSession, refund: Refund) -> datetime | None:
    """Whether this refund is asked for now: None, or when the next of this payment may be.

    Repeating the request that was made last is always allowed: the provider knows its number.
    """
    taken = await tx.execute(
        "update payment set refund_asked_no = %(number)s, refund_asked_at = %(now)s where id = %(id)s"
        " and (refund_asked_no is null or refund_asked_no = %(number)s or refund_asked_at <= %(over)s)",
        {
            "id": refund.payment_id,
            "number": refund.out_refund_no,
            "now": tx.clock.now(),
            "over": tx.clock.now() - PAUSE,
        },
    )
    if taken:
        await tx.execute("update refund set asked = sequence where id = %s", (refund.id,))
        return None
    asked_at = await tx.fetch_value("select refund_asked_at from payment where id = %s", (refund.payment_id,))
    assert isinstance(asked_at, datetime), "the update missed because somebody asked"
    return asked_at + PAUSE


async def count_attempt(tx: WriteSession, refund_id: UUID) -> None:
    await tx.execute("update refund set attempts = attempts + 1 where id = %s", (refund_id,))


async def note_error(tx: WriteSession, refund_id: UUID, error: str) -> None:
    """What went wrong on the way; the words about an abnormal refund stay."""
    await tx.execute(
        "update refund set last_error = %s where id = %s and status <> %s",
        (error[:500], refund_id, RefundStatus.ABNORMAL.value),
    )


async def accept_refund(tx: WriteSession, refund_id: UUID, provider_refund_id: str) -> None:
    """The provider has it and works on it."""
    await tx.execute(
        "update refund set status = %s, provider_refund_id = %s, trouble = null, last_error = null,"
        " submitted_at = case when status = 'submitted' then submitted_at else %s end"
        " where id = %s and status = any(%s)",
        (
            REFUND_STATES.target(RefundAction.ACCEPT).value,
            provider_refund_id,
            tx.clock.now(),
            refund_id,
            REFUND_STATES.sources(RefundAction.ACCEPT),
        ),
    )


async def succeed_refund(tx: WriteSession, refund: Refund, *, provider_refund_id: str, succeeded_at: datetime) -> None:
    """The money is back, of a locked refund."""
    done = await tx.execute(
        "with done as ("
        " update refund set status = %(target)s, provider_refund_id = %(provider_id)s,"
        "  succeeded_at = %(succeeded_at)s, submitted_at = coalesce(submitted_at, %(now)s),"
        "  trouble = null, last_error = null where id = %(id)s and status = any(%(sources)s)"
        " returning payment_id, subject_id, amount_fen)"
        " update payment_share s set refunded_fen = s.refunded_fen + done.amount_fen from done"
        " where s.payment_id = done.payment_id and s.subject_id = done.subject_id",
        {
            "id": refund.id,
            "target": REFUND_STATES.target(RefundAction.SUCCEED).value,
            "sources": REFUND_STATES.sources(RefundAction.SUCCEED),
            "provider_id": provider_refund_id,
            "succeeded_at": succeeded_at,
            "now": tx.clock.now(),
        },
    )
    assert done == 1, "the caller holds the lock and checked the state"


async def fail_refund(
    tx: WriteSession, refund_id: UUID, trouble: Trouble, *, provider_refund_id: str | None, error: str
) -> bool:
    """A person has to look; False if just that was known, or it succeeded meanwhile."""
    failed = await tx.execute(
        "update refund set status = %(target)s, trouble = %(trouble)s, last_error = %(error)s,"
        " provider_refund_id = coalesce(%(provider_id)s, provider_refund_id)"
        " where id = %(id)s and status = any(%(sources)s)"
        " and (trouble, last_error) is distinct from (%(trouble)s, %(error)s)",
        {
            "id": refund_id,
            "target": REFUND_STATES.target(RefundAction.FAIL).value,
            "sources": REFUND_STATES.sources(RefundAction.FAIL),
            "trouble": trouble.value,
            "error": error[:500],
            "provider_id": provider_refund_id,
        },
    )
    return failed == 1


async def note_request(tx: WriteSession, refund: Refund, out_refund_no: str, accepted_at: datetime | None) -> None:
    """The provider has accepted this request; without its own time, about now."""
    await tx.execute(
        "insert into refund_request as q (out_refund_no, refund_id, accepted_at, told)"
        " values (%(number)s, %(id)s, %(at)s, %(told)s) on conflict (out_refund_no) do update"
        " set accepted_at = excluded.accepted_at, told = true where excluded.told and not q.told",
        {
            "number": out_refund_no,
            "id": refund.id,
            "at": accepted_at or tx.clock.now(),
            "told": accepted_at is not None,
        },
    )


async def renew_refund(tx: WriteSession, refund_id: UUID) -> None:
    """The provider closed it without paying: the next request needs the next number."""
    await tx.execute(
        "update refund set sequence = sequence + 1, provider_refund_id = null where id = %s and status = %s",
        (refund_id, RefundStatus.ABNORMAL.value),
    )


async def resume_refund(tx: WriteSession, refund: Refund) -> None:
    """A person wants it asked for again. One that failed at the provider stays accepted there; others do not."""
    failed_there = refund.trouble is Trouble.FAILED
    action = RefundAction.ACCEPT if failed_there else RefundAction.RETRY
    await tx.execute(
        "update refund set status = %s, trouble = null,"
        " provider_refund_id = case when %s then provider_refund_id end where id = %s",
        (REFUND_STATES.target(action).value, failed_there, refund.id),
    )


async def count_abnormal_refunds(db: ViewSession, scope: Scope) -> int:
    """Of a merchant's money, or in all."""
    return int(
        await db.fetch_value(
            "select count(*) from refund r"
            " join payment_share s on s.payment_id = r.payment_id and s.subject_id = r.subject_id"
            " where r.status = %(status)s and (%(all_merchants)s or s.merchant_id = %(merchant)s)",
            {"status": RefundStatus.ABNORMAL.value, **scope.params()},
        )
    )
