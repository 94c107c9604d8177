"""What a shopper asks for, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.money import Fen
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.pricing.rules.price import Priced


class Mode(StrEnum):
    SOLO = "solo"
    OPEN = "open"
    JOIN = "join"
    FLASH = "flash"
    """An order of what somebody holds in a flash sale: nobody asks for one in this way, it is made of the hold."""


@dataclass(frozen=True, slots=True)
class WishLine:
    sku_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. Prices are never taken from it; `expected_payable_fen` is only compared.

    A group has one line; alone one may buy several things of one merchant, each variant once.
    `from_cart`: it is taken out of the buyer's cart. `hold_id`: it was taken in a flash sale before.
    `absorbed` are accounts that were united into the buyer's: all are judged as one person.
    """

    order_id: UUID
    request_id: UUID
    request_hash: bytes
    user_id: UUID
    mode: Mode
    lines: tuple[WishLine, ...]
    activity_id: UUID | None
    group_id: UUID | None
    new_group_id: UUID | None
    province_code: str
    expected_payable_fen: Fen | None
    absorbed: frozenset[UUID] = frozenset()
    from_cart: bool = False
    hold_id: UUID | None = None

    @property
    def buyer_ids(self) -> frozenset[UUID]:
        return self.absorbed | {self.user_id}


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted wish, with everything the server decided about it.

    `opens` are the terms of the group that it opens. `initiator_back_fen` is what an initiator gets back at this
    price when the group forms.
    """

    wish: Wish
    merchant_id: UUID
    activity_id: UUID | None
    group_id: UUID | None
    priced: Priced
    opens: GroupTerms | None
    initiator_back_fen: Fen
    pay_before: datetime

    @property
    def kind(self) -> str:
        """What the order is called: solo, group or flash."""
        if self.wish.mode is Mode.FLASH:
            return Mode.FLASH.value
        return "group" if self.group_id else "solo"

    @property
    def quantity(self) -> int:
        """Units of all lines."""
        return sum(line.quantity for line in self.wish.lines)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The wish was granted before, under the same Idempotency-Key."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class Outdated:
    """The buyer's accounts were united since the wish was prepared, and an order was judged over all of them."""
