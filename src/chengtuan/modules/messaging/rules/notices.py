"""What people are told, and how it reaches them beside the inbox."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class NoticeTemplate(StrEnum):
    """Clients hold the words; a notice carries the template and its parameters."""

    GROUP_FORMED = "group_formed"
    GROUP_FAILED = "group_failed"
    ORDER_SHIPPED = "order_shipped"
    NUMBER_CORRECTED = "number_corrected"
    REFUND_SUCCEEDED = "refund_succeeded"
    LADDER_SETTLED = "ladder_settled"
    INITIATOR_PERK = "initiator_perk"
    PAYMENT_LATE = "payment_late"


class Channel(StrEnum):
    WECHAT = "wechat"
    """A subscribe message, against one consent."""
    SMS = "sms"


class DeliveryStatus(StrEnum):
    """How the copy outside the inbox fares."""

    WAITING = "waiting"
    SENT = "sent"
    """The provider took it."""
    INBOX_ONLY = "inbox_only"
    """There is no other way to reach this person."""
    REFUSED = "refused"
    EXPIRED = "expired"
    """The provider did not answer for a day; by then it is no news."""


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """Something to tell a person. There is one notice per person, template and `subject_id`."""

    user_id: UUID
    template: NoticeTemplate
    subject_id: UUID
    params: dict[str, Any]
    order_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on its way out. `channel` None: not decided yet; `wechat_template` is the consent it uses."""

    id: UUID
    user_id: UUID
    template: NoticeTemplate
    params: dict[str, Any]
    order_id: UUID | None
    group_id: UUID | None
    created_at: datetime
    status: DeliveryStatus
    channel: Channel | None
    wechat_template: NoticeTemplate | None
    attempts: int = field(default=0)

    def __post_init__(self) -> None:
        # rows bring plain strings; an unknown one is a defect and must not travel on
        object.__setattr__(self, "template", NoticeTemplate(self.template))
        object.__setattr__(self, "status", DeliveryStatus(self.status))
        object.__setattr__(self, "channel", Channel(self.channel) if self.channel else None)
        object.__setattr__(
            self, "wechat_template", NoticeTemplate(self.wechat_template) if self.wechat_template else None
        )


CONSENTS_FOR: dict[NoticeTemplate, tuple[NoticeTemplate, ...]] = {
    NoticeTemplate.NUMBER_CORRECTED: (NoticeTemplate.NUMBER_CORRECTED, NoticeTemplate.ORDER_SHIPPED),
    NoticeTemplate.LADDER_SETTLED: (NoticeTemplate.LADDER_SETTLED, NoticeTemplate.GROUP_FORMED),
    NoticeTemplate.INITIATOR_PERK: (NoticeTemplate.INITIATOR_PERK, NoticeTemplate.REFUND_SUCCEEDED),
}
"""Who agreed to hear that the group formed hears it of a ladder group too; the perk is money that comes back."""


def consents_for(template: NoticeTemplate) -> tuple[NoticeTemplate, ...]:
    """The consents that a notice may use, the best one first."""
    return CONSENTS_FOR.get(template, (template,))
