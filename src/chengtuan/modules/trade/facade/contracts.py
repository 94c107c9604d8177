from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.facade import Address


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
    address: Address
    paid_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """Somebody who paid for a seat, with what the group's end gives back to them: the difference, or everything.

    In fen, as it was planned for refund: what goes back for another reason (the initiator's perk, a payment too
    many) is not in it, and is told by its own event.
    """

    user_id: UUID
    order_id: UUID
    refund_fen: int
