"""The chart of accounts, and which accounts money moves between.

Debit is positive, credit negative; every transaction sums to zero.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    PROVIDER_CLEARING = "provider_clearing"
    """Asset: what the provider holds for us."""
    MERCHANT_ESCROW = "merchant_escrow"
    """Liability: the worth of what is sold, owed to merchants (or back to shoppers)."""
    REFUNDS_IN_TRANSIT = "refunds_in_transit"
    """Liability: promised back to shoppers, not yet confirmed by the provider."""
    MERCHANT_PROMOTIONS = "merchant_promotions"
    """Contra-liability: what merchants give away; deducted from what we owe them."""
    PLATFORM_SUBSIDIES = "platform_subsidies"
    """Expense: what the platform adds to an order, so that the merchant gets its full worth."""
    POINTS_REDEEMED = "points_redeemed"
    """Expense: orders that were paid with points instead of money."""
    COMMISSIONS_PAYABLE = "commissions_payable"
    """Liability: what inviters have earned from merchants' sales."""


ACCOUNT_KINDS = {
    Account.PROVIDER_CLEARING: "asset",
    Account.MERCHANT_ESCROW: "liability",
    Account.REFUNDS_IN_TRANSIT: "liability",
    Account.MERCHANT_PROMOTIONS: "contra_liability",
    Account.PLATFORM_SUBSIDIES: "expense",
    Account.POINTS_REDEEMED: "expense",
    Account.COMMISSIONS_PAYABLE: "liability",
}

DEBIT_KINDS = ("asset", "contra_liability", "expense")
"""Accounts of these kinds grow by debits; the others by credits."""


class Kind(StrEnum):
    """Why money moves."""

    PAYMENT = "payment"
    REFUND_PLANNED = "refund_planned"
    PERK_PLANNED = "perk_planned"
    REFUND_SUCCEEDED = "refund_succeeded"
    MERCHANT_DISCOUNT = "merchant_discount"
    MERCHANT_DISCOUNT_REVERSED = "merchant_discount_reversed"
    SUBSIDY = "subsidy"
    SUBSIDY_REVERSED = "subsidy_reversed"
    POINTS_REDEEMED = "points_redeemed"
    POINTS_RETURNED = "points_returned"
    COMMISSION_EARNED = "commission_earned"
    COMMISSION_VOIDED = "commission_voided"


_SIDES = {
    # debit first, then credit
    Kind.PAYMENT: (Account.PROVIDER_CLEARING, Account.MERCHANT_ESCROW),
    Kind.REFUND_PLANNED: (Account.MERCHANT_ESCROW, Account.REFUNDS_IN_TRANSIT),
    Kind.PERK_PLANNED: (Account.MERCHANT_PROMOTIONS, Account.REFUNDS_IN_TRANSIT),
    Kind.REFUND_SUCCEEDED: (Account.REFUNDS_IN_TRANSIT, Account.PROVIDER_CLEARING),
    Kind.MERCHANT_DISCOUNT: (Account.MERCHANT_PROMOTIONS, Account.MERCHANT_ESCROW),
    Kind.MERCHANT_DISCOUNT_REVERSED: (Account.MERCHANT_ESCROW, Account.MERCHANT_PROMOTIONS),
    Kind.SUBSIDY: (Account.PLATFORM_SUBSIDIES, Account.MERCHANT_ESCROW),
    Kind.SUBSIDY_REVERSED: (Account.MERCHANT_ESCROW, Account.PLATFORM_SUBSIDIES),
    Kind.POINTS_REDEEMED: (Account.POINTS_REDEEMED, Account.MERCHANT_ESCROW),
    Kind.POINTS_RETURNED: (Account.MERCHANT_ESCROW, Account.POINTS_REDEEMED),
    Kind.COMMISSION_EARNED: (Account.MERCHANT_ESCROW, Account.COMMISSIONS_PAYABLE),
    Kind.COMMISSION_VOIDED: (Account.COMMISSIONS_PAYABLE, Account.MERCHANT_ESCROW),
}

INITIATOR_PERK = "initiator_perk"
"""The reason of a refund that the merchant gives away, and that lowers the worth of no order."""


def refund_kind(reason: str) -> Kind:
    """How planning a refund is booked."""
    return Kind.PERK_PLANNED if reason == INITIATOR_PERK else Kind.REFUND_PLANNED


@dataclass(frozen=True, slots=True)
class Side:
    account: str
    amount_fen: int


def sides_of(kind: Kind, amount_fen: int) -> tuple[Side, Side]:
    """Both sides of a movement of `amount_fen` > 0: debit, credit."""
    if amount_fen <= 0:
        raise ValueError("money moves by a positive amount; the kind says where to")
    debit, credit = _SIDES[kind]
    return Side(debit.value, amount_fen), Side(credit.value, -amount_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One movement of money, once per kind, fact and subject.

    `fact_id` is the payment, refund or request that is booked; purpose and subject say what the money was for.
    """

    kind: Kind
    fact_id: UUID
    purpose: str
    subject_id: UUID
    merchant_id: UUID
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class LedgerTransaction:
    """A booking as it stands in the ledger. `accounts` and `amounts` belong together, in the order of its lines."""

    seq: int
    kind: str
    fact_id: UUID
    purpose: str
    subject_id: UUID
    subject_number: str
    merchant_id: UUID
    booked_at: datetime
    accounts: list[str]
    amounts: list[int]

    @property
    def sides(self) -> list[Side]:
        return [Side(account, amount) for account, amount in zip(self.accounts, self.amounts, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What an account holds, positive on the side on which its kind grows."""

    code: str
    kind: str
    balance_fen: int
