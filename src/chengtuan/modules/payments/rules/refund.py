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


class Trouble(StrEnum):
    """Why a person has to look at a refund. The provider's own code and words are kept beside it."""

    REFUSED = "refused"
    """The provider said no, for example because the merchant's balance is empty. Asked again every hour."""
    CLOSED = "closed"
    """The provider gave it up without paying. Asked again under the next number, a few times by itself."""
    FAILED = "failed"
    """The provider cannot reach the payer's account: staff decide at the merchant platform where it goes."""
    LOST = "lost"
    """The provider had accepted it and does not know it any more."""
    TOO_MANY = "too_many"
    """The payment has had as many refunds as the provider allows: the money goes back by another way."""
    TOO_OLD = "too_old"
    """The payment is older than the provider refunds: the money goes back by another way."""


class RefundAction(StrEnum):
    ACCEPT = "accept"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETRY = "retry"


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
        # an abnormal one may fail again, for another reason
        RefundAction.FAIL: (
            {RefundStatus.PLANNED, RefundStatus.SUBMITTED, RefundStatus.ABNORMAL},
            RefundStatus.ABNORMAL,
        ),
        RefundAction.RETRY: ({RefundStatus.ABNORMAL}, RefundStatus.PLANNED),
    }
)


MOST_SEQUENCES = 5
"""A refund that the provider closes is asked for again by itself under the next number, but not for ever."""

_SEPARATOR = "@"


def out_refund_no_of(number: str, sequence: int) -> str:
    """Our number at the provider: the refund's own, and a suffix once the provider closed an earlier one."""
    return number if sequence == 1 else f"{number}{_SEPARATOR}{sequence}"


def number_of(out_refund_no: str) -> str:
    """The refund's own number, from one of its numbers at the provider."""
    return out_refund_no.partition(_SEPARATOR)[0]


@dataclass(frozen=True, slots=True)
class RefundAttempt:
    """One refund under one sequence: what a job is about.

    Each sequence has jobs of its own, because a job that is planned while the one before it is just ending
    would be dropped as a repetition.
    """

    refund_id: UUID
    sequence: int

    @property
    def ref(self) -> str:
        return f"{self.refund_id}{_SEPARATOR}{self.sequence}"

    @staticmethod
    def parse(ref: str) -> "RefundAttempt":
        refund_id, _, sequence = ref.partition(_SEPARATOR)
        return RefundAttempt(UUID(refund_id), int(sequence or 1))


@dataclass(frozen=True, kw_only=True)
class Refund:
    """`out_trade_no`, `total_fen` and `paid_at` are those of the payment it goes back from.

    `purpose` and `subject_id` say what had been paid for, `merchant_id` whose money it was.
    """

    id: UUID
    payment_id: UUID
    purpose: str
    subject_id: UUID
    number: str
    sequence: int
    amount_fen: int
    reason: str
    status: RefundStatus
    attempts: int
    provider_refund_id: str | None
    planned_at: datetime
    submitted_at: datetime | None
    trouble: Trouble | None
    out_trade_no: str
    total_fen: int
    merchant_id: UUID
    paid_at: datetime

    def __post_init__(self) -> None:
        """Rows bring plain strings."""
        object.__setattr__(self, "status", RefundStatus(self.status))
        object.__setattr__(self, "trouble", Trouble(self.trouble) if self.trouble else None)

    @property
    def attempt(self) -> RefundAttempt:
        return RefundAttempt(self.id, self.sequence)

    @property
    def out_refund_no(self) -> str:
        return out_refund_no_of(self.number, self.sequence)

    @property
    def known_to_provider(self) -> bool:
        """Whether the provider took the refund under its present number."""
        return self.provider_refund_id is not None
