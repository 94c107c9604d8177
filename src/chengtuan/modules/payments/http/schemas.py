"""What the routes of `payments` answer."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chengtuan.platform.http.fields import FenOut, Instant
from chengtuan.platform.http.problems import ProblemDocument


class CallbackFailure(ProblemDocument):
    """A problem document in which the provider finds the two members it looks for."""

    code: Literal["FAIL"]
    message: str


class LedgerEntry(BaseModel):
    """One line of the ledger: debit positive, credit negative."""

    seq: int
    kind: Literal["payment", "refund_planned", "refund_succeeded"]
    subject_id: UUID
    account: Literal["provider_clearing", "merchant_escrow", "refunds_in_transit"]
    amount_fen: FenOut
    order_id: UUID
    booked_at: Instant


class LedgerPage(BaseModel):
    items: list[LedgerEntry]
    next_cursor: str | None


class AccountBalance(BaseModel):
    """An asset's debit balance, or a liability's credit balance."""

    code: str
    kind: Literal["asset", "liability"]
    balance_fen: FenOut


class PaymentsSummary(BaseModel):
    """The accounts, and what waits for a person."""

    accounts: list[AccountBalance]
    abnormal_refunds: int
    open_notices: int
