"""The double-entry ledger. Rows are only ever added: triggers refuse the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.payments.rules.ledger import (
    ACCOUNT_KINDS,
    Booking,
    Kind,
    LedgerTransaction,
    sides_of,
)
from chengtuan.platform.database import ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_INSERT: LiteralString = (
    "insert into entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at)"
    " select %(kind)s, %(fact)s, side.line, side.account, side.amount_fen, %(purpose)s, %(subject)s, %(merchant)s,"
    "  %(now)s"
    " from unnest(%(accounts)s::text[], %(amounts)s::bigint[]) with ordinality as side(account, amount_fen, line)"
)
_INSERT_NEW: LiteralString = _INSERT + " on conflict (kind, fact_id, subject_id, account) do nothing"


@dataclass(frozen=True, slots=True)
class _Booked:
    kind: str
    amount_fen: int


async def add_accounts(tx: WriteSession) -> None:
    """See to it that every account of the code has its row."""
    await tx.execute_many(
        "insert into account (code, kind) values (%s, %s) on conflict (code) do nothing",
        [(account.value, kind) for account, kind in ACCOUNT_KINDS.items()],
    )


async def book(tx: WriteSession, booking: Booking) -> None:
    """Move money between two accounts. The same kind, fact and subject again violates a constraint."""
    await tx.execute(_INSERT, _values(tx, booking))


async def book_new(tx: WriteSession, bookings: Sequence[Booking]) -> int:
    """As above, but what is booked already stays as it is; how many were new."""
    new = 0
    for booking in bookings:
        new += await tx.execute(_INSERT_NEW, _values(tx, booking)) > 0
    return new


def _values(tx: WriteSession, booking: Booking) -> dict[str, Any]:
    sides = sides_of(booking.kind, booking.amount_fen)
    return {
        "kind": booking.kind.value,
        "fact": booking.fact_id,
        "purpose": booking.purpose,
        "subject": booking.subject_id,
        "merchant": booking.merchant_id,
        "now": tx.clock.now(),
        "accounts": [side.account for side in sides],
        "amounts": [side.amount_fen for side in sides],
    }


async def sum_booked(tx: WriteSession, fact_id: UUID) -> dict[Kind, int]:
    """What was moved by a payment, refund or request, by kind."""
    rows = await tx.fetch_all(
        _Booked,
        "select kind, sum(amount_fen)::bigint as amount_fen from entry"
        " where fact_id = %s and kind = any(%s) and amount_fen > 0 group by kind",
        (fact_id, [kind.value for kind in Kind]),
    )
    return {Kind(row.kind): row.amount_fen for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the ledger's transactions: of one purpose, of one subject, older than `before`; None: all."""

    purpose: str | None
    subject_id: UUID | None
    before: int | None
    limit: int


async def list_transactions(db: ViewSession, scope: Scope, wanted: Wanted) -> list[LedgerTransaction]:
    """The newest first; of one merchant, or all."""
    return await db.fetch_all(
        LedgerTransaction,
        "with head as (select * from entry where line = 1"
        "  and (%(all_merchants)s or merchant_id = %(merchant)s)"
        "  and (%(purpose)s::text is null or purpose = %(purpose)s)"
        "  and (%(subject)s::uuid is null or subject_id = %(subject)s)"
        "  and (%(before)s::bigint is null or seq < %(before)s) order by seq desc limit %(limit)s)"
        " select h.seq, h.kind, h.fact_id, h.purpose, h.subject_id, h.merchant_id, h.booked_at,"
        "  coalesce((select s.subject_number from payment_share s join payment p on p.id = s.payment_id"
        "   join payable y on y.id = p.payable_id where s.subject_id = h.subject_id and y.purpose = h.purpose"
        "   limit 1), '') as subject_number,"
        "  array_agg(e.account order by e.line) as accounts, array_agg(e.amount_fen order by e.line) as amounts"
        " from head h join entry e on e.kind = h.kind and e.fact_id = h.fact_id and e.subject_id = h.subject_id"
        " group by h.seq, h.kind, h.fact_id, h.purpose, h.subject_id, h.merchant_id, h.booked_at order by h.seq desc",
        {
            **scope.params(),
            "purpose": wanted.purpose,
            "subject": wanted.subject_id,
            "before": wanted.before,
            "limit": wanted.limit,
        },
    )
