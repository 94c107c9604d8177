"""What became of each day's comparison, and the differences that were found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.rules.bill_days import Checked, ReconciliationStatus
from chengtuan.modules.payments.rules.reconciliation import Finding
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts and sums of both sides; `fees_fen` is what the provider kept."""

    payments_here: int = 0
    payments_there: int = 0
    paid_here_fen: int = 0
    paid_there_fen: int = 0
    refunds_here: int = 0
    refunds_there: int = 0
    refunded_here_fen: int = 0
    refunded_there_fen: int = 0
    fees_fen: int = 0


@dataclass(frozen=True, kw_only=True)
class Reconciliation(Figures):
    bill_date: date
    status: str
    open_differences: int
    checked_at: datetime | None
    trouble: str | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`resolution` is `repaired` (it is gone) or `explained` (by a person, in `note`)."""

    id: UUID
    bill_date: date
    kind: str
    number: str
    purpose: str | None
    subject_id: UUID | None
    subject_number: str | None
    merchant_id: UUID | None
    ours_fen: int | None
    theirs_fen: int | None
    found_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    bill_date: date
    status: str
    checked_at: datetime


_SELECT: LiteralString = (
    "select r.bill_date, r.status, r.payments_here, r.payments_there, r.paid_here_fen, r.paid_there_fen,"
    " r.refunds_here, r.refunds_there, r.refunded_here_fen, r.refunded_there_fen, r.fees_fen, r.checked_at, r.trouble,"
    " (select count(*) from reconciliation_difference d where d.bill_date = r.bill_date and d.resolved_at is null)"
    "  as open_differences from reconciliation r"
)
_DIFFERENCE: LiteralString = (
    "select id, bill_date, kind, number, purpose, subject_id, subject_number,"
    " (select s.merchant_id from payment_share s join payment p on p.id = s.payment_id"
    "  join payable y on y.id = p.payable_id where s.subject_id = d.subject_id and y.purpose = d.purpose limit 1)"
    "  as merchant_id,"
    " ours_fen, theirs_fen, found_at, resolved_at, resolution, note from reconciliation_difference d"
)


async def find_first_paid_at(db: ReadSession) -> datetime | None:
    """When the first money came."""
    found: datetime | None = await db.fetch_value("select min(paid_at) from payment where status = 'paid'")
    return found


async def list_checked(db: ReadSession) -> dict[date, Checked]:
    rows = await db.fetch_all(_Known, "select bill_date, status, checked_at from reconciliation")
    return {row.bill_date: Checked(ReconciliationStatus(row.status), row.checked_at) for row in rows}


async def list_reconciliations(db: ViewSession, *, before: date | None, limit: int) -> list[Reconciliation]:
    """The newest day first."""
    return await db.fetch_all(
        Reconciliation,
        _SELECT + " where %(before)s::date is null or r.bill_date < %(before)s order by r.bill_date desc limit %(n)s",
        {"before": before, "n": limit},
    )


async def find_reconciliation(db: ReadSession, day: date) -> Reconciliation | None:
    return await db.fetch_one(Reconciliation, _SELECT + " where r.bill_date = %s", (day,))


async def list_differences(
    db: ReadSession, day: date, *, after: tuple[bool, datetime, UUID] | None, limit: int
) -> list[Difference]:
    """Open ones first. `after`: whether it was resolved, when it was found, and its id."""
    resolved, found_at, difference_id = after or (None, None, None)
    return await db.fetch_all(
        Difference,
        _DIFFERENCE + " where bill_date = %(day)s and (%(found)s::timestamptz is null"
        " or (resolved_at is not null, found_at, id) > (%(resolved)s::bool, %(found)s, %(id)s::uuid))"
        " order by resolved_at is not null, found_at, id limit %(limit)s",
        {"day": day, "resolved": resolved, "found": found_at, "id": difference_id, "limit": limit},
    )


async def find_difference(db: ReadSession | WriteSession, difference_id: UUID) -> Difference | None:
    return await db.fetch_one(Difference, _DIFFERENCE + " where id = %s", (difference_id,))


async def keep_trouble(tx: WriteSession, day: date, status: ReconciliationStatus, trouble: str) -> None:
    """The day could not be compared now; what an earlier comparison found stays."""
    await tx.execute(
        "insert into reconciliation as r (bill_date, status, checked_at, trouble) values (%(day)s, %(status)s,"
        "  %(now)s, %(trouble)s) on conflict (bill_date) do update set checked_at = excluded.checked_at,"
        " trouble = excluded.trouble, status = case when r.status in ('clean', 'differences')"
        "  and excluded.status = 'waiting' then r.status else excluded.status end",
        {"day": day, "status": status.value, "now": tx.clock.now(), "trouble": trouble[:500]},
    )


async def keep_figures(tx: WriteSession, day: date, figures: Figures) -> None:
    """From here on nobody else records this day until the transaction ends."""
    await tx.execute(
        "insert into reconciliation (bill_date, status, checked_at, payments_here, payments_there, paid_here_fen,"
        "  paid_there_fen, refunds_here, refunds_there, refunded_here_fen, refunded_there_fen, fees_fen)"
        " values (%(day)s, %(clean)s, %(now)s, %(payments_here)s, %(payments_there)s, %(paid_here_fen)s,"
        "  %(paid_there_fen)s, %(refunds_here)s, %(refunds_there)s, %(refunded_here_fen)s, %(refunded_there_fen)s,"
        "  %(fees_fen)s) on conflict (bill_date) do update set checked_at = excluded.checked_at,"
        " status = excluded.status, trouble = null, payments_here = excluded.payments_here,"
        " payments_there = excluded.payments_there,"
        " paid_here_fen = excluded.paid_here_fen, paid_there_fen = excluded.paid_there_fen,"
        " refunds_here = excluded.refunds_here, refunds_there = excluded.refunds_there,"
        " refunded_here_fen = excluded.refunded_here_fen, refunded_there_fen = excluded.refunded_there_fen,"
        " fees_fen = excluded.fees_fen",
        {"day": day, "clean": ReconciliationStatus.CLEAN.value, "now": tx.clock.now()} | vars(figures),
    )


async def keep_findings(tx: WriteSession, day: date, findings: Sequence[Finding], *, repaired: bool = False) -> None:
    """A difference has one row for ever. One that comes back is open again; an explained one only if it changed."""
    now = tx.clock.now()
    await tx.execute_many(
        "insert into reconciliation_difference as d (id, bill_date, kind, number, purpose, subject_id,"
        "  subject_number, ours_fen, theirs_fen, found_at, resolved_at, resolution) values (%(id)s, %(day)s, %(kind)s,"
        "  %(number)s, %(purpose)s, %(subject_id)s, %(subject_number)s, %(ours)s, %(theirs)s, %(now)s,"
        "  %(resolved_at)s, %(resolution)s)"
        " on conflict (bill_date, kind, number) do update set ours_fen = excluded.ours_fen,"
        " theirs_fen = excluded.theirs_fen, resolved_at = excluded.resolved_at, resolution = excluded.resolution,"
        " note = null, explained_by = null where d.resolution is distinct from 'explained'"
        "  or (d.ours_fen, d.theirs_fen) is distinct from (excluded.ours_fen, excluded.theirs_fen)",
        [
            {
                "id": new_id(),
                "day": day,
                "kind": finding.kind.value,
                "number": finding.number,
                "purpose": finding.purpose,
                "subject_id": finding.subject_id,
                "subject_number": finding.subject_number,
                "ours": finding.ours_fen,
                "theirs": finding.theirs_fen,
                "now": now,
                "resolved_at": now if repaired else None,
                "resolution": "repaired" if repaired else None,
            }
            for finding in findings
        ],
    )


async def resolve_others(tx: WriteSession, day: date, findings: Sequence[Finding]) -> None:
    """What was open and is not found any more is repaired."""
    await tx.execute(
        "update reconciliation_difference set resolved_at = %(now)s, resolution = 'repaired'"
        " where bill_date = %(day)s and resolved_at is null and (kind, number) not in"
        " (select * from unnest(%(kinds)s::text[], %(numbers)s::text[]))",
        {
            "now": tx.clock.now(),
            "day": day,
            "kinds": [finding.kind.value for finding in findings],
            "numbers": [finding.number for finding in findings],
        },
    )


async def explain(tx: WriteSession, difference_id: UUID, staff_id: UUID, note: str) -> bool:
    """A person knows why; False if it is repaired."""
    explained = await tx.execute(
        "update reconciliation_difference set resolution = 'explained', note = %s, explained_by = %s, resolved_at = %s"
        " where id = %s and resolution is distinct from 'repaired'",
        (note, staff_id, tx.clock.now(), difference_id),
    )
    return explained == 1


async def judge(tx: WriteSession, day: date) -> int:
    """Write down whether anything is open on the day; how much."""
    opened = await tx.fetch_value(
        "update reconciliation r set status = case when r.status not in ('clean', 'differences') then r.status"
        "  when o.number > 0 then 'differences' else 'clean' end"
        " from (select count(*) as number from reconciliation_difference"
        "  where bill_date = %(day)s and resolved_at is null) as o where r.bill_date = %(day)s returning o.number",
        {"day": day},
    )
    return int(opened)
