"""The double-entry ledger. Rows are only ever added: triggers refuse the rest."""

from uuid import UUID

from chengtuan.modules.payments.domain.ledger import ACCOUNT_KINDS, Balance, Entry, Kind, postings
from chengtuan.platform.database import ReadSession, WriteSession


async def add_accounts(tx: WriteSession) -> None:
    """See to it that every account of the code has its row."""
    await tx.execute_many(
        "insert into account (code, kind) values (%s, %s) on conflict (code) do nothing",
        [(account.value, kind) for account, kind in ACCOUNT_KINDS.items()],
    )


async def book(
    tx: WriteSession, kind: Kind, *, subject_id: UUID, order_id: UUID, merchant_id: UUID, amount_fen: int
) -> None:
    """Move money between the two accounts of `kind`, once per subject."""
    sides = postings(kind, amount_fen)
    await tx.execute(
        "insert into entry (kind, subject_id, line, account, amount_fen, order_id, merchant_id, booked_at)"
        " select %(kind)s, %(subject)s, side.line, side.account, side.amount_fen, %(order)s, %(merchant)s, %(now)s"
        " from unnest(%(accounts)s::text[], %(amounts)s::bigint[]) with ordinality as side(account, amount_fen, line)",
        {
            "kind": kind.value,
            "subject": subject_id,
            "order": order_id,
            "merchant": merchant_id,
            "now": tx.clock.now(),
            "accounts": [side.account.value for side in sides],
            "amounts": [side.amount_fen for side in sides],
        },
    )


async def list_entries(db: ReadSession, *, before: int | None, limit: int) -> list[Entry]:
    """The newest first."""
    return await db.fetch_all(
        Entry,
        "select seq, kind, subject_id, account, amount_fen, order_id, booked_at from entry"
        " where %(before)s::bigint is null or seq < %(before)s order by seq desc limit %(limit)s",
        {"before": before, "limit": limit},
    )


async def list_balances(db: ReadSession) -> list[Balance]:
    return await db.fetch_all(
        Balance,
        "select a.code, a.kind,"
        " (case a.kind when 'asset' then 1 else -1 end * coalesce(sum(e.amount_fen), 0))::bigint"
        "  as balance_fen"
        " from account a left join entry e on e.account = a.code group by a.code, a.kind order by a.code",
    )
