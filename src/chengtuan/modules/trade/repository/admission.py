"""Reads and locks what an admission needs in one round trip, and writes what it decided in another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from chengtuan.modules.trade.domain.admission import (
    CampaignState,
    GroupState,
    SkuState,
    Snapshot,
    Taken,
    Wish,
)
from chengtuan.modules.trade.domain.states import NOT_TAKING, GroupStatus, OrderStatus, SeatStatus
from chengtuan.platform.database import ReadSession, WriteSession

_ONE_ORDER_PER_REQUEST = "uq_shop_order_user_id_request_id"
_NOT_TAKING = [str(status) for status in NOT_TAKING]


class GrantedElsewhere(Exception):
    """An order was taken under one of these requests since we looked, by somebody who shares no row with us."""


@dataclass(frozen=True, slots=True)
class SkuText:
    """What an order copies from the shelf."""

    sku_id: UUID
    product_id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    product_name: dict[str, str]
    sku_name: dict[str, str]
    image_url: str
    solo_price_fen: int
    on_sale: bool


@dataclass(frozen=True, slots=True)
class _Stock:
    sku_id: UUID
    available: int


@dataclass(frozen=True, slots=True)
class _Prices:
    campaign_id: UUID
    sku_id: UUID
    tier_prices_fen: list[int]


@dataclass(frozen=True, slots=True)
class _Pair:
    left: UUID
    right: UUID


@dataclass(frozen=True, slots=True)
class _PairCount:
    left: UUID
    right: UUID
    count: int


@dataclass(frozen=True, slots=True)
class _Count:
    id: UUID
    count: int


@dataclass(frozen=True, slots=True)
class _Granted:
    user_id: UUID
    request_id: UUID
    order_id: UUID
    request_hash: bytes


_GROUPS = (
    "select id, campaign_id, initiator_id, status, size, locked, deadline from buy_group"
    " where id = any(%(groups)s) order by id"
)
_CAMPAIGNS = (
    "select id, product_id, starts_at, ends_at, stopped_at, stock_cap, stock_taken, per_user_limit, regions,"
    " group_size from campaign where id = any(%(campaigns)s)"
    " or id in (select campaign_id from buy_group where id = any(%(groups)s)) order by id"
)
_STOCK = "select sku_id, available from stock where sku_id = any(%(skus)s) order by sku_id"
_GROUPS_LOCKED = _GROUPS + " for update"
_CAMPAIGNS_LOCKED = _CAMPAIGNS + " for update"
_STOCK_LOCKED = _STOCK + " for update"
_SKUS = (
    "select s.sku_id, s.product_id, l.merchant_id, l.merchant_name, l.name as product_name, s.name as sku_name,"
    " l.image_url, s.solo_price_fen, (s.active and l.published) as on_sale"
    " from listing_sku s join listing l using (product_id) where s.sku_id = any(%(skus)s)"
)
_PRICES = (
    "select campaign_id, sku_id, tier_prices_fen from campaign_sku where sku_id = any(%(skus)s)"
    " and (campaign_id = any(%(campaigns)s)"
    " or campaign_id in (select campaign_id from buy_group where id = any(%(groups)s)))"
)
_SEATED = (
    'select group_id as "left", user_id as "right" from seat'
    " where group_id = any(%(groups)s) and user_id = any(%(users)s) and status in ('locked', 'paid')"
)
_BOUGHT = (
    'select campaign_id as "left", user_id as "right", sum(quantity)::int as count from shop_order'
    " where user_id = any(%(users)s) and (campaign_id = any(%(campaigns)s)"
    " or campaign_id in (select campaign_id from buy_group where id = any(%(groups)s)))"
    " and status <> all(%(not_taking)s) group by 1, 2"
)
_UNPAID = (
    "select user_id as id, count(*)::int as count from shop_order"
    " where user_id = any(%(users)s) and status = 'pending_payment' group by 1"
)
_GRANTED = (
    "select user_id, request_id, id as order_id, request_hash from shop_order"
    " where (user_id, request_id) in (select * from unnest(%(users)s::uuid[], %(requests)s::uuid[]))"
)


async def take_snapshot(
    session: ReadSession | WriteSession, wishes: Sequence[Wish], now: datetime
) -> tuple[Snapshot, dict[UUID, SkuText]]:
    """Everything the rules need about these wishes. In a write session the contended rows are locked."""
    params = {
        "groups": [wish.group_id for wish in wishes if wish.group_id],
        "campaigns": [wish.campaign_id for wish in wishes if wish.campaign_id],
        "skus": [wish.sku_id for wish in wishes],
        "users": [wish.user_id for wish in wishes],
        "requests": [wish.request_id for wish in wishes],
        "not_taking": _NOT_TAKING,
    }
    locked = isinstance(session, WriteSession)
    groups, campaigns, stock, texts, prices, seated, bought, unpaid, granted = await session.fetch_each(
        (GroupState, _GROUPS_LOCKED if locked else _GROUPS, params),
        (CampaignState, _CAMPAIGNS_LOCKED if locked else _CAMPAIGNS, params),
        (_Stock, _STOCK_LOCKED if locked else _STOCK, params),
        (SkuText, _SKUS, params),
        (_Prices, _PRICES, params),
        (_Pair, _SEATED, params),
        (_PairCount, _BOUGHT, params),
        (_Count, _UNPAID, params),
        (_Granted, _GRANTED, params),
    )
    available = {row.sku_id: row.available for row in stock}
    snapshot = Snapshot(
        now=now,
        skus={text.sku_id: _sku_state(text, available.get(text.sku_id, 0)) for text in texts},
        campaigns={row.id: row for row in campaigns},
        groups={row.id: row for row in groups},
        tier_prices={(row.campaign_id, row.sku_id): row.tier_prices_fen for row in prices},
        seated={(row.left, row.right) for row in seated},
        bought={(row.left, row.right): row.count for row in bought},
        unpaid={row.id: row.count for row in unpaid},
        granted={(row.user_id, row.request_id): (row.order_id, bytes(row.request_hash)) for row in granted},
    )
    return snapshot, {text.sku_id: text for text in texts}


def _sku_state(text: SkuText, available: int) -> SkuState:
    return SkuState(
        sku_id=text.sku_id,
        product_id=text.product_id,
        merchant_id=text.merchant_id,
        solo_price_fen=text.solo_price_fen,
        on_sale=text.on_sale,
        available=available,
    )


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A taken wish with what only the edge knows: texts, the sealed address, the buyer's public face."""

    taken: Taken
    number: str
    address_sealed: bytes
    remark: str
    nickname: str
    avatar: str
    text: SkuText


async def write_orders(tx: WriteSession, orders: Sequence[NewOrder]) -> None:
    """Store taken wishes. The contended rows are locked and were judged by the rules.

    The statements carry no conditions of their own: one that quietly changed nothing would hide from the
    constraints, which refuse whatever the rules let through by mistake. Raises GrantedElsewhere.
    """
    try:
        await _write_orders(tx, orders)
    except UniqueViolation as error:
        if error.diag.constraint_name == _ONE_ORDER_PER_REQUEST:
            raise GrantedElsewhere from error
        raise


async def _write_orders(tx: WriteSession, orders: Sequence[NewOrder]) -> None:
    now = tx.clock.now()
    opened = [order for order in orders if order.taken.wish.new_group_id == order.taken.group_id]
    joined = [order for order in orders if order.taken.wish.group_id is not None]
    grouped = [order for order in orders if order.taken.group_id is not None]
    async with tx.pipelined():
        await tx.execute_many(_INSERT_GROUP, [_group_row(order, now) for order in opened])
        await tx.execute_many(_LOCK_SEATS, _units((order.taken.group_id, 1) for order in joined))
        await tx.execute_many(
            "update campaign set stock_taken = stock_taken + %(n)s where id = %(id)s",
            _units((order.taken.campaign_id, order.taken.wish.quantity) for order in grouped),
        )
        await tx.execute_many(_RESERVE, _units((o.taken.wish.sku_id, o.taken.wish.quantity) for o in orders))
        await tx.execute_many(_INSERT_ORDER, [_order_row(order, now) for order in orders])
        await tx.execute(_INSERT_MOVEMENTS, _movements(orders, now))
        if grouped:
            await tx.execute(_INSERT_SEATS, _seats(grouped, now))


def _units(taken: Iterable[tuple[UUID | None, int]]) -> list[dict[str, Any]]:
    """A batch changes each contended row once, in the order of ids: {id, n}."""
    sums: dict[UUID, int] = {}
    for row_id, count in taken:
        assert row_id is not None
        sums[row_id] = sums.get(row_id, 0) + count
    return [{"id": row_id, "n": count} for row_id, count in sorted(sums.items())]


_INSERT_GROUP = (
    "insert into buy_group (id, campaign_id, product_id, merchant_id, initiator_id, kind, status, size, tier_people,"
    " locked, paid, created_at) select %s, c.id, c.product_id, c.merchant_id, %s, c.kind, %s, c.group_size,"
    " c.tier_people, 1, 0, %s from campaign c where c.id = %s"
)
_LOCK_SEATS = "update buy_group set locked = locked + %(n)s, version = version + %(n)s where id = %(id)s"
_RESERVE = "update stock set available = available - %(n)s, reserved = reserved + %(n)s where sku_id = %(id)s"
_INSERT_MOVEMENTS = (
    "insert into stock_movement (order_id, sku_id, kind, quantity, at)"
    " select order_id, sku_id, 'reserve', quantity, %(now)s from unnest(%(orders)s::uuid[], %(skus)s::uuid[],"
    " %(quantities)s::int[]) as taken(order_id, sku_id, quantity)"
)
_INSERT_ORDER = (
    "insert into shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, status,"
    " campaign_id, group_id, product_id, sku_id, product_name, sku_name, image_url, quantity, unit_price_fen,"
    " tier_prices_fen, goods_fen, freight_fen, payable_fen, address_sealed, remark, created_at, pay_before)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_INSERT_SEATS = (
    "insert into seat (order_id, group_id, user_id, status, nickname, avatar, locked_at)"
    " select order_id, group_id, user_id, %(locked)s, nickname, avatar, %(now)s from unnest(%(orders)s::uuid[],"
    " %(groups)s::uuid[], %(users)s::uuid[], %(nicknames)s::text[], %(avatars)s::text[])"
    " as taken(order_id, group_id, user_id, nickname, avatar)"
)


def _group_row(order: NewOrder, now: datetime) -> tuple[Any, ...]:
    taken = order.taken
    return (taken.group_id, taken.wish.user_id, GroupStatus.DRAFT, now, taken.campaign_id)


def _movements(orders: Sequence[NewOrder], now: datetime) -> dict[str, Any]:
    wishes = [order.taken.wish for order in orders]
    return {
        "now": now,
        "orders": [wish.order_id for wish in wishes],
        "skus": [wish.sku_id for wish in wishes],
        "quantities": [wish.quantity for wish in wishes],
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
        order.remark,
        now,
        taken.pay_before,
    )
