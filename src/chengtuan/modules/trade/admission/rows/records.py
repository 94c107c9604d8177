"""What a new order writes: a type for each table, with fields named like its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.admission.rules.snapshot import SkuText
from chengtuan.modules.trade.admission.rules.wish import Taken
from chengtuan.modules.trade.orders.rows.lines import AdjustmentRow, OrderLine
from chengtuan.modules.trade.orders.rows.search_keys import RecipientKeys
from chengtuan.modules.trade.states import InstalmentKind, OrderStatus, SeatStatus


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A taken wish with what only the edge knows: the shelf's texts, the sealed address, the buyer's public face."""

    taken: Taken
    number: str
    address_sealed: bytes
    remark_sealed: bytes | None
    recipient: RecipientKeys
    nickname: str
    avatar: str
    merchant_name: dict[str, str]
    lines: Sequence[OrderLine]
    adjustments: Sequence[AdjustmentRow]


@dataclass(frozen=True, slots=True)
class OrderRecord:
    id: UUID
    number: str
    request_id: UUID
    request_hash: bytes
    user_id: UUID
    merchant_id: UUID
    merchant_name: Mapping[str, str]
    kind: str
    status: str
    activity_id: UUID | None
    group_id: UUID | None
    goods_fen: int
    off_fen: int
    freight_fen: int
    payable_fen: int
    address_sealed: bytes
    remark_sealed: bytes | None
    created_at: datetime
    pay_before: datetime


def order_record(order: NewOrder, now: datetime) -> OrderRecord:
    taken, wish, priced = order.taken, order.taken.wish, order.taken.priced
    return OrderRecord(
        id=wish.order_id,
        number=order.number,
        request_id=wish.request_id,
        request_hash=wish.request_hash,
        user_id=wish.user_id,
        merchant_id=taken.merchant_id,
        merchant_name=order.merchant_name,
        kind=taken.kind,
        status=OrderStatus.PENDING_PAYMENT.value,
        activity_id=taken.activity_id,
        group_id=taken.group_id,
        goods_fen=priced.goods_fen,
        off_fen=priced.off_fen,
        freight_fen=priced.freight_fen,
        payable_fen=priced.payable_fen,
        address_sealed=order.address_sealed,
        remark_sealed=order.remark_sealed,
        created_at=now,
        pay_before=taken.pay_before,
    )


def lines_of(taken: Taken, texts: Mapping[UUID, SkuText]) -> list[OrderLine]:
    return [
        OrderLine(
            order_id=taken.wish.order_id,
            line=line.line,
            product_id=text.product_id,
            sku_id=line.sku_id,
            product_name=text.product_name,
            sku_name=text.sku_name,
            image_url=text.image_url,
            quantity=line.quantity,
            list_unit_fen=line.list_unit_fen,
            unit_fen=line.unit_fen,
            goods_fen=line.goods_fen,
            off_fen=line.off_fen,
            payable_fen=line.payable_fen,
            tier_prices_fen=line.tier_prices_fen,
        )
        for line in taken.priced.lines
        for text in (texts[line.sku_id],)
    ]


def adjustments_of(taken: Taken) -> list[AdjustmentRow]:
    return [
        AdjustmentRow(
            order_id=taken.wish.order_id,
            seq=seq,
            line=adjustment.line,
            kind=adjustment.kind.value,
            source_id=adjustment.source_id,
            rule=adjustment.rule,
            amount_fen=adjustment.amount_fen,
            borne_by=adjustment.borne_by.value,
        )
        for seq, adjustment in enumerate(taken.priced.adjustments, 1)
    ]


@dataclass(frozen=True, slots=True)
class InstalmentRecord:
    order_id: UUID
    seq: int
    kind: str
    payable_fen: int
    pay_before: datetime


def instalment_record(order: NewOrder) -> InstalmentRecord:
    taken = order.taken
    return InstalmentRecord(
        taken.wish.order_id, 1, InstalmentKind.FULL.value, taken.priced.payable_fen, taken.pay_before
    )


@dataclass(frozen=True, slots=True)
class SearchRecord:
    order_id: UUID
    merchant_id: UUID
    number_back: str
    phone_key: bytes
    phone_tail_key: bytes
    name_key: bytes


def search_record(order: NewOrder) -> SearchRecord:
    keys = order.recipient
    return SearchRecord(
        order.taken.wish.order_id, order.taken.merchant_id, order.number[::-1], keys.phone, keys.phone_tail, keys.name
    )


@dataclass(frozen=True, slots=True)
class SeatRecord:
    order_id: UUID
    group_id: UUID
    user_id: UUID
    status: str
    nickname: str
    avatar: str
    locked_at: datetime


def seat_record(order: NewOrder, now: datetime) -> SeatRecord:
    wish, group_id = order.taken.wish, order.taken.group_id
    assert group_id is not None, "who buys alone has no seat"
    return SeatRecord(wish.order_id, group_id, wish.user_id, SeatStatus.LOCKED.value, order.nickname, order.avatar, now)
