from dataclasses import dataclass

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import ledger_sums, notices, refunds
from chengtuan.modules.payments.rules.ledger import DEBIT_KINDS, Balance
from chengtuan.platform.permissions import AllMerchants, Scope


@dataclass(frozen=True, kw_only=True)
class LedgerSummary:
    """Balances, and what waits for a person: refunds that failed, notices that fit nothing."""

    accounts: list[Balance]
    abnormal_refunds: int
    open_notices: int

    @property
    def sum_fen(self) -> int:
        """Debits less credits: always zero."""
        return sum(one.balance_fen if one.kind in DEBIT_KINDS else -one.balance_fen for one in self.accounts)


async def summarise_ledger(ctx: PaymentsContext, scope: Scope) -> LedgerSummary:
    """The scope's share. Notices that fit nothing belong to no merchant: only who sees all sees them."""
    async with ctx.database.view() as db:
        return LedgerSummary(
            accounts=await ledger_sums.list_balances(db, scope),
            abnormal_refunds=await refunds.count_abnormal_refunds(db, scope),
            open_notices=await notices.count_open_notices(db) if isinstance(scope, AllMerchants) else 0,
        )
