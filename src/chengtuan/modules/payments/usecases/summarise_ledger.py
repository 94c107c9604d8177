from dataclasses import dataclass

from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.ledger import Balance
from chengtuan.modules.payments.repository import ledger, notices, refunds


@dataclass(frozen=True, kw_only=True)
class LedgerSummary:
    """Balances, and what waits for a person: refunds that failed, notices that fit nothing."""

    accounts: list[Balance]
    abnormal_refunds: int
    open_notices: int


async def summarise_ledger(ctx: Payments) -> LedgerSummary:
    async with ctx.database.read() as db:
        return LedgerSummary(
            accounts=await ledger.list_balances(db),
            abnormal_refunds=await refunds.count_abnormal_refunds(db),
            open_notices=await notices.count_open_notices(db),
        )
