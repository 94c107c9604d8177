"""Stores the orders that an admission took, in one round trip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.modules.trade.admission.rows.snapshots import SkuText
from chengtuan.modules.trade.admission.rules.wish import Taken
from chengtuan.modules.trade.orders.search_keys import RecipientKeys
from chengtuan.modules.trade.states import GroupStatus, OrderStatus, SeatStatus
from chengtuan.modules.trade.stock.moves import reserve
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A taken wish with what only the edge knows: texts, the sealed address, the buyer's public face."""

    taken: Taken
    number: str
    address_sealed: bytes
    remark_sealed: bytes | None
    recipient: RecipientKeys
    nickname: str
    avatar: str
    text: SkuText


async def write_orders(tx: WriteSession, orders: Sequence[NewOrder]) -> None:
    """Store taken wishes. The contended rows are locked and were judged by the rules.

    The statements carry no conditions of their own: one that quietly changed nothing would hide from the
    constraints, which refuse whatever the rules let through by mistake.
    """
    now = tx.clock.now()
    opened = [order for order in orders if order.taken.wish.new_group_id == order.taken.group_id]
    joined = [order for order in orders if order.taken.wish.group_id is not None]
    grouped = [order for order in orders if order.taken.group_id is not None]
    async with tx.pipelined():
        await tx.execute_many(_INSERT_GROUP, [_group_row(order, now) for order in opened])
        await tx.execute_many(_LOCK_SEATS, _units((order.taken.group_id, 1) for order in joined))
        await reserve(tx, [_holding(order.taken) for order in orders])
        await tx.execute_many(_INSERT_ORDER, [_order_row(order, now) for order in orders])
        await tx.execute(_INSERT_SEARCH, _searches(orders))
        if grouped:
            await tx.execute(_INSERT_SEATS, _seats(grouped, now))
        await tx.execute_many(_REMEMBER_UNITED, _united(orders))


def _units(taken: Iterable[tuple[UUID | None, int]]) -> list[dict[str, Any]]:
    """A batch changes each contended row once, in the order of ids: {id, n}."""
    sums: dict[UUID, int] = {}
    for row_id, count in taken:
        assert row_id is not None
        sums[row_id] = sums.get(row_id, 0) + count
    return [{"id": row_id, "n": count} for row_id, count in sorted(sums.items())]


_INSERT_GROUP = (
    # the group keeps the terms it was opened on
    "insert into buy_group (id, campaign_id, product_id, merchant_id, initiator_id, kind, status, size, tier_people,"
    " initiator_off_percent, locked, paid, created_at) select %s, c.id, c.product_id, c.merchant_id, %s, c.kind, %s,"
    " c.group_size, c.tier_people, c.initiator_off_percent, 1, 0, %s from campaign c where c.id = %s"
)
_LOCK_SEATS = "update buy_group set locked = locked + %(n)s, version = version + %(n)s where id = %(id)s"
_INSERT_SEARCH = (
    "insert into order_search (order_id, merchant_id, product_id, number_back, phone_key, phone_tail_key, name_key)"
    " select * from unnest(%(orders)s::uuid[], %(merchants)s::uuid[], %(products)s::uuid[], %(numbers)s::text[],"
    " %(phones)s::bytea[], %(tails)s::bytea[], %(names)s::bytea[])"
)
_INSERT_ORDER = (
    "insert into shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, status,"
    " campaign_id, group_id, product_id, sku_id, product_name, sku_name, image_url, quantity, unit_price_fen,"
    " tier_prices_fen, goods_fen, freight_fen, payable_fen, address_sealed, remark_sealed, created_at, pay_before)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_INSERT_SEATS = (
    "insert into seat (order_id, group_id, user_id, status, nickname, avatar, locked_at)"
    " select order_id, group_id, user_id, %(locked)s, nickname, avatar, %(now)s from unnest(%(orders)s::uuid[],"
    " %(groups)s::uuid[], %(users)s::uuid[], %(nicknames)s::text[], %(avatars)s::text[])"
    " as taken(order_id, group_id, user_id, nickname, avatar)"
)


_REMEMBER_UNITED = (
    "insert into united_buyer (absorbed_id, user_id) values (%s, %s)"
    " on conflict (absorbed_id) do update set user_id = excluded.user_id"
    " where united_buyer.user_id <> excluded.user_id"
)


def _united(orders: Sequence[NewOrder]) -> list[tuple[UUID, UUID]]:
    wishes = [order.taken.wish for order in orders]
    return sorted({(absorbed, wish.user_id) for wish in wishes for absorbed in wish.absorbed})


def _group_row(order: NewOrder, now: datetime) -> tuple[Any, ...]:
    taken = order.taken
    return (taken.group_id, taken.wish.user_id, GroupStatus.DRAFT, now, taken.campaign_id)


def _holding(taken: Taken) -> Holding:
    wish = taken.wish
    return Holding(wish.order_id, 1, wish.sku_id, wish.quantity, taken.campaign_id)


def _searches(orders: Sequence[NewOrder]) -> dict[str, Any]:
    return {
        "orders": [order.taken.wish.order_id for order in orders],
        "merchants": [order.text.merchant_id for order in orders],
        "products": [order.text.product_id for order in orders],
        "numbers": [order.number[::-1] for order in orders],
        "phones": [order.recipient.phone for order in orders],
        "tails": [order.recipient.phone_tail for order in orders],
        "names": [order.recipient.name for order in orders],
    }


def _seats(orders: Sequence[NewOrder], now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "locked": SeatStatus.LOCKED,
        "orders": [order.taken.wish.order_id for order in orders],
        "groups": [order.taken.group_id for order in orders],
        "users": [order.taken.wish.user_id for order in orders],
        "nicknames": [order.nickname for order in orders],
        "avatars": [order.avatar for order in orders],
    }


def _order_row(order: NewOrder, now: datetime) -> tuple[Any, ...]:
    taken, wish, text = order.taken, order.taken.wish, order.text
    return (
        wish.order_id,
        order.number,
        wish.request_id,
        wish.request_hash,
        wish.user_id,
        text.merchant_id,
        Jsonb(text.merchant_name),
        "group" if taken.group_id else "solo",
        OrderStatus.PENDING_PAYMENT,
        taken.campaign_id,
        taken.group_id,
        text.product_id,
        wish.sku_id,
        Jsonb(text.product_name),
        Jsonb(text.sku_name),
        text.image_url,
        wish.quantity,
        taken.unit_price_fen,
        list(taken.tier_prices_fen),
        taken.goods_fen,
        taken.freight_fen,
        taken.payable_fen,
        order.address_sealed,
        order.remark_sealed,
        now,
        taken.pay_before,
    )
