"""What the routes of `payments` answer."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chengtuan.modules.payments.rules.bill_days import ReconciliationStatus
from chengtuan.modules.payments.rules.ledger import Account as AccountCode
from chengtuan.modules.payments.rules.ledger import Kind
from chengtuan.modules.payments.rules.reconciliation import DifferenceKind
from chengtuan.platform.http.fields import FenOut, Instant
from chengtuan.platform.http.problems import ProblemDocument
from chengtuan.platform.http.typed_fields import Prose


class CallbackFailure(ProblemDocument):
    """A problem document in which the provider finds the two members it looks for."""

    code: Literal["FAIL"]
    message: str


class LedgerSide(BaseModel):
    """One side of a transaction: debit positive, credit negative."""

    account: AccountCode
    amount_fen: FenOut


class LedgerTransactionOut(BaseModel, title="LedgerTransaction"):
    """One movement of money; its sides sum to zero. `fact_id` is the payment, refund or request that was booked.

    What the money was for: `purpose` says of what kind, "trade.order" is an order; `subject_number` is for people.
    """

    seq: int
    kind: Kind
    fact_id: UUID
    purpose: str
    subject_id: UUID
    subject_number: str
    merchant_id: UUID
    booked_at: Instant
    sides: list[LedgerSide]


class LedgerPage(BaseModel):
    items: list[LedgerTransactionOut]
    next_cursor: str | None


class AccountBalance(BaseModel):
    """Positive on the side on which the kind grows: assets, expenses and contra-liabilities by debits."""

    code: AccountCode
    kind: Literal["asset", "liability", "contra_liability", "expense"]
    balance_fen: FenOut


class PaymentsSummary(BaseModel):
    """The accounts, and what waits for a person. `sum_fen` is debits less credits: always 0."""

    accounts: list[AccountBalance]
    sum_fen: FenOut
    abnormal_refunds: int
    open_notices: int


class ReconciliationOut(BaseModel, title="Reconciliation"):
    """A day in China: our books (`here`) beside the provider's bill (`there`). `fees_fen` is what it kept."""

    bill_date: date
    status: ReconciliationStatus
    payments_here: int
    payments_there: int
    paid_here_fen: FenOut
    paid_there_fen: FenOut
    refunds_here: int
    refunds_there: int
    refunded_here_fen: FenOut
    refunded_there_fen: FenOut
    fees_fen: FenOut
    open_differences: int
    checked_at: Instant | None
    trouble: str | None


class ReconciliationPage(BaseModel):
    items: list[ReconciliationOut]
    next_cursor: str | None


class DifferenceOut(BaseModel, title="Difference"):
    """`number` is ours at the provider, of a payment or a refund; for wrong totals, the figure's name.

    `purpose` and what follows it as in the ledger; null where the bill names nothing of ours.
    """

    id: UUID
    kind: DifferenceKind
    number: str
    purpose: str | None
    subject_id: UUID | None
    subject_number: str | None
    merchant_id: UUID | None
    ours_fen: FenOut | None
    theirs_fen: FenOut | None
    found_at: Instant
    resolved_at: Instant | None
    resolution: Literal["repaired", "explained"] | None
    note: str | None


class DifferencePage(BaseModel):
    items: list[DifferenceOut]
    next_cursor: str | None


class Explanation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Prose(1000, least=1)]
