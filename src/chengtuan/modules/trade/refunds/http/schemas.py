"""Refunds, as their buyer and their merchant see them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chengtuan.platform.http.fields import FenOut, Instant, LTextOut

RefundReasonName = Literal["group_failed", "ladder_difference", "initiator_perk", "late_payment", "cancelled"]


RefundCauseName = Literal[
    "duplicate", "order_closed", "after_deadline", "group_ended", "wrong_amount", "unknown_instalment"
]


RefundStatusName = Literal["planned", "submitted", "succeeded", "abnormal"]


class Refund(BaseModel):
    """Planned by us, submitted to the provider, succeeded when the money is back.

    `cause` says why a payment bought nothing (`reason` late_payment).
    """

    id: UUID
    number: str
    amount_fen: FenOut
    reason: RefundReasonName
    cause: RefundCauseName | None
    status: RefundStatusName
    planned_at: Instant
    submitted_at: Instant | None
    succeeded_at: Instant | None


class ConsoleRefund(Refund):
    """`trouble`: why it is abnormal; `trouble_words`: what the provider says about it.

    `refused`: it said no. `closed`: it gave up. `failed`: it cannot reach the payer's account. `lost`: it does not
    know the refund any more. `too_many`, `too_old`: beyond what the provider refunds.
    """

    order_id: UUID
    order_number: str
    merchant_id: UUID
    merchant_name: LTextOut
    trouble: Literal["refused", "closed", "failed", "lost", "too_many", "too_old"] | None
    trouble_words: str | None


class RefundPage(BaseModel):
    items: list[ConsoleRefund]
    next_cursor: str | None


class RefundQueueSummary(BaseModel):
    """Refunds that are not back yet, and those among them that a person has to look at."""

    waiting: int
    waiting_fen: int
    oldest_waiting_at: Instant | None
    abnormal: int
    abnormal_fen: int
    oldest_abnormal_at: Instant | None
    now: Instant
