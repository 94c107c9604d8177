"""A refund: a sum that goes back from one payment, under one number, until the provider confirms it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.state_machine import StateMachine


class RefundStatus(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    """Accepted by the provider, which is not the same as done."""
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    """A person has to look; it is still asked about, and may yet succeed."""


class RefundAction(StrEnum):
    ACCEPT = "accept"
    SUCCEED = "succeed"
    FAIL = "fail"


REFUND_STATES = StateMachine(
    {
        RefundAction.ACCEPT: (
            {RefundStatus.PLANNED, RefundStatus.SUBMITTED, RefundStatus.ABNORMAL},
            RefundStatus.SUBMITTED,
        ),
        # the notice may overtake the answer to the request, so PLANNED succeeds as well
        RefundAction.SUCCEED: (
            {RefundStatus.PLANNED, RefundStatus.SUBMITTED, RefundStatus.ABNORMAL},
            RefundStatus.SUCCEEDED,
        ),
        RefundAction.FAIL: ({RefundStatus.PLANNED, RefundStatus.SUBMITTED}, RefundStatus.ABNORMAL),
    }
)


@dataclass(frozen=True, kw_only=True)
class Refund:
    """`out_trade_no` and `total_fen` are those of the payment it goes back from."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    number: str
    amount_fen: int
    reason: str
    status: RefundStatus
    attempts: int
    provider_refund_id: str | None
    planned_at: datetime
    submitted_at: datetime | None
    out_trade_no: str
    total_fen: int

    def __post_init__(self) -> None:
        """Rows bring plain strings."""
        object.__setattr__(self, "status", RefundStatus(self.status))

    @property
    def known_to_provider(self) -> bool:
        return self.provider_refund_id is not None
