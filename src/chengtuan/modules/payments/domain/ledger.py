"""Which accounts money moves between. Debit is positive, credit negative; a transaction sums to zero."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    PROVIDER_CLEARING = "provider_clearing"
    """Asset: what the provider holds for us."""
    MERCHANT_ESCROW = "merchant_escrow"
    """Liability: shoppers' money for orders, owed to merchants (or back to shoppers)."""
    REFUNDS_IN_TRANSIT = "refunds_in_transit"
    """Liability: promised back to shoppers, not yet confirmed by the provider."""


ACCOUNT_KINDS = {
    Account.PROVIDER_CLEARING: "asset",
    Account.MERCHANT_ESCROW: "liability",
    Account.REFUNDS_IN_TRANSIT: "liability",
}


class Kind(StrEnum):
    PAYMENT = "payment"
    REFUND_PLANNED = "refund_planned"
    REFUND_SUCCEEDED = "refund_succeeded"


_SIDES = {
    Kind.PAYMENT: (Account.PROVIDER_CLEARING, Account.MERCHANT_ESCROW),
    Kind.REFUND_PLANNED: (Account.MERCHANT_ESCROW, Account.REFUNDS_IN_TRANSIT),
    Kind.REFUND_SUCCEEDED: (Account.REFUNDS_IN_TRANSIT, Account.PROVIDER_CLEARING),
}


@dataclass(frozen=True, slots=True)
class Posting:
    account: Account
    amount_fen: int


def postings(kind: Kind, amount_fen: int) -> tuple[Posting, Posting]:
    """Both sides of a movement of `amount_fen` > 0: debit, credit."""
    if amount_fen <= 0:
        raise ValueError("money moves by a positive amount; the kind says where to")
    debit, credit = _SIDES[kind]
    return Posting(debit, amount_fen), Posting(credit, -amount_fen)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger. `subject_id` is the payment or the refund it is about."""

    seq: int
    kind: str
    subject_id: UUID
    account: str
    amount_fen: int
    order_id: UUID
    booked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What an account holds: an asset's debit balance, a liability's credit balance (both positive)."""

    code: str
    kind: str
    balance_fen: int
