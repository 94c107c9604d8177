"""What a shopper asked for, and the wish that it makes."""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.admission.rules.wish import Mode, Wish, WishLine
from chengtuan.modules.trade.limits import MAX_QUANTITY
from chengtuan.modules.trade.problems import BadQuantity, CampaignNotFound, GroupNotFound


@dataclass(frozen=True, kw_only=True)
class OrderRequest:
    """What the shopper asked for. `request_id` is the Idempotency-Key, the rest as in Wish."""

    user_id: UUID
    absorbed: frozenset[UUID] = frozenset()
    request_id: UUID
    mode: Mode
    lines: tuple[WishLine, ...]
    activity_id: UUID | None
    group_id: UUID | None
    address_id: UUID
    expected_payable_fen: int | None = None
    remark: str = ""
    from_cart: bool = False
    hold_id: UUID | None = None

    def fingerprint(self) -> bytes:
        """Equal for equal wishes: a key used again for something else is a mistake."""
        parts = (
            self.mode,
            *(part for line in self.lines for part in (line.sku_id, line.quantity)),
            self.activity_id,
            self.group_id,
            self.address_id,
            self.remark,
        )
        return sha256(json.dumps([str(part) for part in parts]).encode()).digest()


def wish_of(request: OrderRequest, province_code: str) -> Wish:
    """`province_code` is empty while nobody knows where it goes.

    Raises BadQuantity, GroupNotFound, CampaignNotFound.
    """
    for line in request.lines:
        if not 1 <= line.quantity <= MAX_QUANTITY:
            raise BadQuantity(sku_id=str(line.sku_id))
    if request.mode is Mode.JOIN and request.group_id is None:
        raise GroupNotFound
    if request.mode is Mode.OPEN and request.activity_id is None:
        raise CampaignNotFound
    return Wish(
        order_id=new_id(),
        request_id=request.request_id,
        request_hash=request.fingerprint(),
        user_id=request.user_id,
        mode=request.mode,
        lines=request.lines,
        activity_id=request.activity_id if request.mode in (Mode.OPEN, Mode.FLASH) else None,
        group_id=request.group_id if request.mode is Mode.JOIN else None,
        new_group_id=new_id() if request.mode is Mode.OPEN else None,
        province_code=province_code,
        expected_payable_fen=request.expected_payable_fen,
        absorbed=request.absorbed,
        from_cart=request.from_cart,
        hold_id=request.hold_id,
    )
