"""What the routes of `payments` answer."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chengtuan.modules.payments.domain.ledger import Account as AccountCode
from chengtuan.modules.payments.domain.ledger import Kind
from chengtuan.platform.http.fields import FenOut, Instant
from chengtuan.platform.http.problems import ProblemDocument


class CallbackFailure(ProblemDocument):
    """A problem document in which the provider finds the two members it looks for."""

    code: Literal["FAIL"]
    message: str


class LedgerSide(BaseModel):
    """One side of a transaction: debit positive, credit negative."""

    account: AccountCode
    amount_fen: FenOut


class LedgerTransactionOut(BaseModel, title="LedgerTransaction"):
    """One movement of money; its sides sum to zero. `subject_id` is the payment, refund or request it is about."""

    seq: int
    kind: Kind
    subject_id: UUID
    order_id: UUID
    order_number: str
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
