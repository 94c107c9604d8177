"""What trade tells the modules above it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.facade.contracts import GroupMember, OrderedLine, SentParcel
from chengtuan.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class GroupFormed(Event, name="trade.group_formed.v1", key="group_id"):
    """A group filled up (or a ladder group closed at a tier). `final_tier` counts from 0."""

    group_id: UUID
    campaign_id: UUID
    product_name: dict[str, str]
    final_tier: int
    paid: int
    members: list[GroupMember]
    formed_at: datetime


@dataclass(frozen=True, kw_only=True)
class GroupFailed(Event, name="trade.group_failed.v1", key="group_id"):
    """A group ended without forming; everybody who paid gets everything back."""

    group_id: UUID
    campaign_id: UUID
    product_name: dict[str, str]
    reason: str
    members: list[GroupMember]
    failed_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event, name="trade.order_placed.v1", key="order_id"):
    """Somebody wants it; nothing is paid. `kind`: solo, group or flash. `campaign_id` is the activity.

    Amounts in fen.
    """

    order_id: UUID
    user_id: UUID
    merchant_id: UUID
    kind: str
    campaign_id: UUID | None
    group_id: UUID | None
    lines: list[OrderedLine]
    goods_fen: int
    off_fen: int
    freight_fen: int
    payable_fen: int
    placed_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderPaid(Event, name="trade.order_paid.v1", key="order_id"):
    """The money arrived in time and counts. `paid_at` is the provider's time."""

    order_id: UUID
    user_id: UUID
    merchant_id: UUID
    campaign_id: UUID | None
    group_id: UUID | None
    lines: list[OrderedLine]
    paid_fen: int
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event, name="trade.order_cancelled.v1", key="order_id"):
    """Nobody gets it. `was_paid`: everything goes back; otherwise nothing had been paid.

    `reason`: user, timeout, group_ended; None where its group failed.
    """

    order_id: UUID
    user_id: UUID
    merchant_id: UUID
    campaign_id: UUID | None
    group_id: UUID | None
    lines: list[OrderedLine]
    was_paid: bool
    reason: str | None
    cancelled_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(Event, name="trade.order_completed.v1", key="order_id"):
    """The buyer has it: they said so, or time passed without a complaint."""

    order_id: UUID
    user_id: UUID
    merchant_id: UUID
    campaign_id: UUID | None
    group_id: UUID | None
    lines: list[OrderedLine]
    completed_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Event, name="trade.order_refunded.v1", key="order_id"):
    """A cancelled order's money is back, all of it (in fen)."""

    order_id: UUID
    user_id: UUID
    merchant_id: UUID
    lines: list[OrderedLine]
    refunded_fen: int
    refunded_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderReadyToShip(Event, name="trade.order_ready_to_ship.v1", key="order_id"):
    """Paid, and its group formed if it has one: the merchant's turn."""

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    ready_at: datetime


@dataclass(frozen=True, kw_only=True)
class ParcelSent(Event, name="trade.parcel_sent.v1", key="order_id"):
    """Some of an order's `pieces` are on their way, or all of them; `parcel.left` of them are still to come.

    `contents` names what is in the parcel, as `product_name` names the order; empty in older news.
    """

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    product_name: dict[str, str]
    carrier_code: str
    tracking_no: str
    pieces: int
    parcel: SentParcel
    contents: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OrderShipped(Event, name="trade.order_shipped.v1", key="order_id"):
    """All of it is on its way. Carrier and number are the last parcel's; `parcels` are those that went, in order.

    Without `parcels` (from before there could be several) it is itself the news of the only one.
    """

    order_id: UUID
    number: str
    user_id: UUID
    product_name: dict[str, str]
    carrier_code: str
    tracking_no: str
    shipped_at: datetime
    merchant_id: UUID | None = None
    lines: list[OrderedLine] = field(default_factory=list)
    parcels: list[SentParcel] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ParcelCorrected(Event, name="trade.parcel_corrected.v1", key="order_id"):
    """The number that was told as the parcel's was a mistake (`wrong_no`); this is the right one."""

    order_id: UUID
    number: str
    user_id: UUID
    product_name: dict[str, str]
    carrier_code: str
    tracking_no: str
    wrong_no: str
    corrected_at: datetime
    parcel_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RefundPlanned(Event, name="trade.refund_planned.v1", key="order_id"):
    """Money will go back.

    `reason`: group_failed, ladder_difference, initiator_perk, late_payment, cancelled. `cause` says why a payment
    was too late or one too many (`paying.rules.PaymentVerdict`); None for the other reasons.
    """

    refund_id: UUID
    order_id: UUID
    user_id: UUID
    product_name: dict[str, str]
    amount_fen: int
    reason: str
    cause: str | None = None
    planned_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundCompleted(Event, name="trade.refund_completed.v1", key="order_id"):
    """The money is back with the shopper."""

    refund_id: UUID
    order_id: UUID
    user_id: UUID
    product_name: dict[str, str]
    amount_fen: int
    reason: str
    completed_at: datetime
