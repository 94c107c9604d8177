"""What the ledger adds up to, so that a balance is its last sum and the few entries since.

An entry takes its number before its transaction ends, so a lower number may come later than a higher one. Whoever adds
up to a number waits for those who were writing entries when it was the last one: they have the table's lock from before
they take a number until they end. What has a lower number is there then, or never will be.
"""

from typing import LiteralString

from chengtuan.modules.payments.rules.ledger import DEBIT_KINDS, Balance
from chengtuan.platform.by_state import of_scope
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_PORTION = 500_000
_SINCE: LiteralString = "coalesce((select until_seq from ledger_summed), 0)"


async def last_entry(db: ReadSession) -> int:
    """Its number."""
    return int(await db.fetch_value("select coalesce(max(seq), 0) from entry"))


async def who_writes(db: ReadSession) -> set[str]:
    """Transactions that are writing entries, whatever they are called."""
    rows = await db.fetch_tuples(
        "select virtualtransaction from pg_locks where relation = 'entry'::regclass and mode = 'RowExclusiveLock'"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    return {str(row[0]) for row in rows}


async def add_up(tx: WriteSession, last: int) -> bool:
    """Add entries up to that one to the sums, some of them; whether there are more.

    Nobody who was writing when `last` was the last one still is.
    """
    await tx.execute("insert into ledger_summed (until_seq) values (0) on conflict do nothing")
    summed = int(await tx.fetch_value("select until_seq from ledger_summed for update"))
    until = min(last, summed + _PORTION)
    if until <= summed:
        return False
    await tx.execute(
        "insert into ledger_sum as s (merchant_id, account, amount_fen)"
        " select merchant_id, account, sum(amount_fen)::bigint from entry where seq > %(summed)s and seq <= %(until)s"
        " group by merchant_id, account order by merchant_id, account"
        " on conflict (merchant_id, account) do update set amount_fen = s.amount_fen + excluded.amount_fen",
        {"summed": summed, "until": until},
    )
    await tx.execute("update ledger_summed set until_seq = %s", (until,))
    return until < last


async def list_balances(db: ViewSession, scope: Scope) -> list[Balance]:
    """What each account holds of a merchant's, or in all."""
    of_merchant = of_scope(scope, "merchant_id")
    return await db.fetch_all(
        Balance,
        "select a.code, a.kind, (case when a.kind = any(%(debit)s) then 1 else -1 end"
        "  * coalesce(sum(e.amount_fen), 0))::bigint as balance_fen from account a left join"
        " (select account, amount_fen from ledger_sum where true" + of_merchant + " union all"
        "  select account, amount_fen from entry where seq > " + _SINCE + of_merchant + ") e on e.account = a.code"
        " group by a.code, a.kind order by a.code",
        {"debit": list(DEBIT_KINDS), **scope.params()},
    )
