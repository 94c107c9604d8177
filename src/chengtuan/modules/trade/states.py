"""The state machines of trade, as tables. SQL takes its conditions from here."""

from enum import StrEnum

from chengtuan.kernel.state_machine import StateMachine


class GroupStatus(StrEnum):
    DRAFT = "draft"
    """The initiator has not paid: nobody else can see or join it."""
    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class GroupAction(StrEnum):
    OPEN = "open"
    FORM = "form"
    FAIL = "fail"


GROUP: StateMachine[GroupStatus, GroupAction] = StateMachine(
    {
        GroupAction.OPEN: ({GroupStatus.DRAFT}, GroupStatus.OPEN),
        GroupAction.FORM: ({GroupStatus.OPEN}, GroupStatus.SUCCEEDED),
        GroupAction.FAIL: ({GroupStatus.DRAFT, GroupStatus.OPEN}, GroupStatus.FAILED),
    }
)


class FailReason(StrEnum):
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    CAMPAIGN_STOPPED = "campaign_stopped"


class ActivityKind(StrEnum):
    """What an activity is; `group` and `flash` can be published."""

    GROUP = "group"
    FLASH = "flash"
    PRESALE = "presale"
    NEWCOMER = "newcomer"


class StopReason(StrEnum):
    """Why an activity ends before its end: nobody is seated in it, or takes of it, any more."""

    MERCHANT = "merchant"
    DEARER_THAN_ALONE = "dearer_than_alone"
    """The merchant made one piece alone cheaper than it is in a group."""


class SeatStatus(StrEnum):
    LOCKED = "locked"
    """Held for an order that is not paid yet."""
    PAID = "paid"
    RELEASED = "released"


class SeatAction(StrEnum):
    PAY = "pay"
    RELEASE = "release"
    LEAVE = "leave"


SEAT: StateMachine[SeatStatus, SeatAction] = StateMachine(
    {
        SeatAction.PAY: ({SeatStatus.LOCKED}, SeatStatus.PAID),
        SeatAction.RELEASE: ({SeatStatus.LOCKED}, SeatStatus.RELEASED),
        SeatAction.LEAVE: ({SeatStatus.PAID}, SeatStatus.RELEASED),
    }
)


class HoldStatus(StrEnum):
    """What became of units that somebody took in a flash sale."""

    HELD = "held"
    """Theirs; the order is on its way."""
    ORDERED = "ordered"
    REFUSED = "refused"
    """The order could not be made; the units are offered on."""
    RELEASED = "released"
    """The order was given up unpaid."""


class HoldAction(StrEnum):
    ORDER = "order"
    REFUSE = "refuse"
    RELEASE = "release"


HOLD: StateMachine[HoldStatus, HoldAction] = StateMachine(
    {
        HoldAction.ORDER: ({HoldStatus.HELD}, HoldStatus.ORDERED),
        HoldAction.REFUSE: ({HoldStatus.HELD}, HoldStatus.REFUSED),
        HoldAction.RELEASE: ({HoldStatus.ORDERED}, HoldStatus.RELEASED),
    }
)

TAKING = (HoldStatus.HELD, HoldStatus.ORDERED)
"""Holds in these states count against what one person may have of a sale."""


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    GROUPING = "grouping"
    """Paid, waiting for the group."""
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    """Called off after payment; the money is on its way back."""
    REFUNDED = "refunded"


class OrderAction(StrEnum):
    PAY_SOLO = "pay_solo"
    PAY_GROUP = "pay_group"
    FORM = "form"
    CALL_OFF = "call_off"
    CANCEL = "cancel"
    SHIP = "ship"
    COMPLETE = "complete"
    REFUND = "refund"


ORDER: StateMachine[OrderStatus, OrderAction] = StateMachine(
    {
        OrderAction.PAY_SOLO: ({OrderStatus.PENDING_PAYMENT}, OrderStatus.TO_SHIP),
        OrderAction.PAY_GROUP: ({OrderStatus.PENDING_PAYMENT}, OrderStatus.GROUPING),
        OrderAction.FORM: ({OrderStatus.GROUPING}, OrderStatus.TO_SHIP),
        OrderAction.CALL_OFF: ({OrderStatus.GROUPING}, OrderStatus.REFUNDING),
        OrderAction.CANCEL: ({OrderStatus.PENDING_PAYMENT}, OrderStatus.CANCELLED),
        OrderAction.SHIP: ({OrderStatus.TO_SHIP}, OrderStatus.SHIPPED),
        OrderAction.COMPLETE: ({OrderStatus.SHIPPED}, OrderStatus.COMPLETED),
        OrderAction.REFUND: ({OrderStatus.REFUNDING}, OrderStatus.REFUNDED),
    }
)

NOT_TAKING = (OrderStatus.CANCELLED, OrderStatus.REFUNDING, OrderStatus.REFUNDED)
"""Orders in these states hold no stock and do not count against a purchase limit."""


class InstalmentKind(StrEnum):
    """What an instalment is of what an order costs."""

    FULL = "full"
    DEPOSIT = "deposit"
    BALANCE = "balance"


class CancelReason(StrEnum):
    USER = "user"
    """The buyer gave it up, unpaid, or left the group."""
    TIMEOUT = "timeout"
    """The hold ran out."""
    GROUP_ENDED = "group_ended"
    """Its group ended before it was paid."""


class RefundReason(StrEnum):
    GROUP_FAILED = "group_failed"
    LADDER_DIFFERENCE = "ladder_difference"
    INITIATOR_PERK = "initiator_perk"
    LATE_PAYMENT = "late_payment"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
