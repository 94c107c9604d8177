from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.payments.facade import Payable

ORDER_PURPOSE = "trade.order"
"""What orders are called where money is paid for them."""


def payable_of(order_id: UUID) -> Payable:
    """An order as something to be paid: all of it at once."""
    return Payable(purpose=ORDER_PURPOSE, subject_id=order_id)


@dataclass(frozen=True, kw_only=True)
class ParcelLine:
    """So many pieces of a line of an order."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Label:
    """The number on a parcel, and whose number it is."""

    carrier_code: str
    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class NewParcel:
    """What a merchant hands over. `parcel_id` is new for every parcel; without `lines` it holds all that is left."""

    parcel_id: UUID
    order_id: UUID
    merchant_id: UUID
    carrier_code: str
    tracking_no: str
    lines: list[ParcelLine] | None
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class SentParcel:
    """An order's parcels count from 1. `left` are the order's pieces that went neither in it nor before it."""

    parcel_id: UUID
    nth: int
    lines: list[ParcelLine]
    left: int
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class SnapshotLine:
    """A line of an order; `sent` of its pieces are in parcels."""

    line: int
    product_name: dict[str, str]
    quantity: int
    sent: int


@dataclass(frozen=True, kw_only=True)
class OrderSnapshot:
    """An order for the modules that deliver it. `status` as in the public API."""

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    status: str
    product_name: dict[str, str]
    quantity: int
    lines: list[SnapshotLine]
    address: Address
    paid_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OrderedLine:
    """One variant of an order. Amounts in fen: what one costs, and what the line costs after all reductions."""

    line: int
    product_id: UUID
    sku_id: UUID
    quantity: int
    unit_fen: int
    payable_fen: int


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """Somebody who paid for a seat, with what the group's end gives back to them: the difference, or everything.

    In fen, as it was planned for refund: what goes back for another reason (the initiator's perk, a payment too
    many) is not in it, and is told by its own event.
    """

    user_id: UUID
    order_id: UUID
    refund_fen: int


@dataclass(frozen=True, kw_only=True)
class LinkProgress:
    """How far a group is: `missing` more people reach `goal` (form, next_tier, none)."""

    goal: str
    missing: int
    held: int
    full: bool


@dataclass(frozen=True, kw_only=True)
class LinkFlash:
    """A flash sale: the price in fen of its cheapest variant, and when it begins."""

    price_fen: int
    starts_at: datetime
    has_begun: bool


@dataclass(frozen=True, kw_only=True)
class LinkCard:
    """What a link to a product, a group or a flash sale tells those to whom it is sent. Prices in fen, of the shown
    variant.

    `people` and `group_price_fen` are those of the group, or of one that can be opened: empty and None where none can.
    `progress` is the group's while it is open, or that of the product's group that ends first.
    """

    product_id: UUID
    name: dict[str, str]
    image_url: str
    solo_price_fen: int
    group_price_fen: int | None
    people: list[int]
    ladder: bool
    sold_out: bool
    progress: LinkProgress | None
    flash: LinkFlash | None = None
