"""Reads, and in a write session locks, everything an admission is judged by, in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.modules.trade.admission.rules.snapshot import BuyerState, CampaignState, GroupState, SkuState, Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.states import NOT_TAKING, CancelReason, OrderStatus
from chengtuan.platform.database import ReadSession, WriteSession

_NOT_TAKING = [str(status) for status in NOT_TAKING]
_LEFT_WITHIN = timedelta(days=1)
_GIVEN_UP_WITHIN = timedelta(hours=1)


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
    on_hand: int


@dataclass(frozen=True, slots=True)
class _Prices:
    campaign_id: UUID
    sku_id: UUID
    tier_prices_fen: list[int]


@dataclass(frozen=True, slots=True)
class _Seat:
    group_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class _Bought:
    campaign_id: UUID
    user_id: UUID
    units: int


@dataclass(frozen=True, slots=True)
class _Past:
    user_id: UUID
    merchant_id: UUID
    taking: int
    unpaid: int
    left_seats: int
    given_up: int


@dataclass(frozen=True, slots=True)
class _Granted:
    user_id: UUID
    request_id: UUID
    order_id: UUID
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class _United:
    absorbed_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class _Locked:
    count: int


@dataclass(frozen=True, slots=True)
class _Held:
    id: UUID


_BUYERS = "select 0 as count"
_BUYERS_LOCKED = (
    # a person's limits span products, which share no row: their orders are taken one after the other
    "select count(pg_advisory_xact_lock(key))::int as count from (select distinct"
    " hashtextextended('trade.buyer:' || id, 0) as key from unnest(%(users)s::uuid[]) id order by key) buyer"
)
_GROUPS = (
    "select id, campaign_id, initiator_id, status, size, locked, deadline from buy_group"
    " where id = any(%(groups)s) order by id"
)
_CAMPAIGNS = (
    "select id, product_id, starts_at, ends_at, stopped_at, stock_cap, stock_taken, per_user_limit, regions,"
    " newcomers_only, initiator_off_percent, hard_end from campaign where id = any(%(campaigns)s)"
    " or id in (select campaign_id from buy_group where id = any(%(groups)s)) order by id"
)
_STOCK = "select sku_id, available, on_hand from stock where sku_id = any(%(skus)s) order by sku_id"
_GROUPS_LOCKED = _GROUPS + " for update"
_CAMPAIGNS_LOCKED = _CAMPAIGNS + " for update"
_STOCK_LOCKED = _STOCK + " for update"
# What is not ours after this statement; the rest is locked. It waits for nobody.
_BUYERS_HELD = (
    "select id from (select distinct id from unnest(%(users)s::uuid[]) id) buyer"
    " where not pg_try_advisory_xact_lock(hashtextextended('trade.buyer:' || id, 0))"
)
_GROUPS_HELD = (
    "with ours as materialized (select id from buy_group where id = any(%(groups)s) order by id"
    " for update skip locked)"
    " select id from buy_group where id = any(%(groups)s) and id not in (select id from ours)"
)
_CAMPAIGNS_HELD = (
    "with wanted as materialized (select unnest(%(campaigns)s::uuid[]) as id"
    "  union select campaign_id from buy_group where id = any(%(groups)s)),"
    " ours as materialized (select id from campaign where id in (select id from wanted) order by id"
    "  for update skip locked)"
    " select id from campaign where id in (select id from wanted) and id not in (select id from ours)"
)
_STOCK_HELD = (
    "with ours as materialized (select sku_id from stock where sku_id = any(%(skus)s) order by sku_id"
    " for update skip locked)"
    " select sku_id as id from stock where sku_id = any(%(skus)s) and sku_id not in (select sku_id from ours)"
)
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
    "select group_id, user_id from seat"
    " where group_id = any(%(groups)s) and user_id = any(%(users)s) and status in ('locked', 'paid')"
)
_BOUGHT = (
    "select campaign_id, user_id, sum(quantity)::int as units from shop_order"
    " where user_id = any(%(users)s) and (campaign_id = any(%(campaigns)s)"
    " or campaign_id in (select campaign_id from buy_group where id = any(%(groups)s)))"
    " and status <> all(%(not_taking)s) group by 1, 2"
)
_PAST = (
    "select user_id, merchant_id, count(*) filter (where status <> all(%(not_taking)s))::int as taking,"
    " count(*) filter (where status = %(unpaid)s)::int as unpaid,"
    " count(*) filter (where cancel_reason = %(by_user)s and paid_at is not null"
    "  and cancelled_at > %(left_since)s)::int as left_seats,"
    " count(*) filter (where cancel_reason = any(%(by_buyer)s) and paid_at is null"
    "  and cancelled_at > %(given_up_since)s)::int as given_up"
    " from shop_order where user_id = any(%(users)s) group by 1, 2"
)
_GRANTED = (
    "select user_id, request_id, id as order_id, request_hash from shop_order"
    " where (user_id, request_id) in (select * from unnest(%(users)s::uuid[], %(requests)s::uuid[]))"
)


_UNITED = "select absorbed_id, user_id from united_buyer where absorbed_id = any(%(users)s) or user_id = any(%(users)s)"


async def take_snapshot(
    session: ReadSession | WriteSession, wishes: Sequence[Wish], now: datetime
) -> tuple[Snapshot, dict[UUID, SkuText]]:
    """Everything the rules need about these wishes. In a write session the contended rows are locked."""
    return await _read(session, _parameters(wishes, now), now, locking=isinstance(session, WriteSession))


async def take_free_snapshot(
    tx: WriteSession, wishes: Sequence[Wish], now: datetime
) -> tuple[Snapshot, dict[UUID, SkuText], set[UUID]]:
    """The same without waiting for anybody's lock, and the ids of the wishes that would have had to wait.

    Those must not be decided on this snapshot: their rows are not locked.
    """
    params = _parameters(wishes, now)
    users, groups, campaigns, skus = [
        {row.id for row in rows}
        for rows in await tx.fetch_each(
            (_Held, _BUYERS_HELD, params),
            (_Held, _GROUPS_HELD, params),
            (_Held, _CAMPAIGNS_HELD, params),
            (_Held, _STOCK_HELD, params),
        )
    ]
    snapshot, texts = await _read(tx, params, now, locking=False)

    def is_held(wish: Wish) -> bool:
        group = snapshot.groups.get(wish.group_id) if wish.group_id else None
        campaign_id = group.campaign_id if group else wish.campaign_id
        return (
            bool(wish.buyer_ids & users) or wish.sku_id in skus or wish.group_id in groups or campaign_id in campaigns
        )

    return snapshot, texts, {wish.order_id for wish in wishes if is_held(wish)}


def _parameters(wishes: Sequence[Wish], now: datetime) -> dict[str, object]:
    askers = [(user_id, wish.request_id) for wish in wishes for user_id in wish.buyer_ids]
    return {
        "groups": [wish.group_id for wish in wishes if wish.group_id],
        "campaigns": [wish.campaign_id for wish in wishes if wish.campaign_id],
        "skus": [wish.sku_id for wish in wishes],
        "users": [user_id for user_id, _ in askers],
        "requests": [request_id for _, request_id in askers],
        "not_taking": _NOT_TAKING,
        "unpaid": OrderStatus.PENDING_PAYMENT,
        "by_user": CancelReason.USER,
        "by_buyer": [CancelReason.USER, CancelReason.TIMEOUT],
        "left_since": now - _LEFT_WITHIN,
        "given_up_since": now - _GIVEN_UP_WITHIN,
    }


async def _read(
    session: ReadSession | WriteSession, params: dict[str, object], now: datetime, *, locking: bool
) -> tuple[Snapshot, dict[UUID, SkuText]]:
    _, groups, campaigns, stock, texts, prices, seated, bought, past, granted, united = await session.fetch_each(
        (_Locked, _BUYERS_LOCKED if locking else _BUYERS, params),
        (GroupState, _GROUPS_LOCKED if locking else _GROUPS, params),
        (CampaignState, _CAMPAIGNS_LOCKED if locking else _CAMPAIGNS, params),
        (_Stock, _STOCK_LOCKED if locking else _STOCK, params),
        (SkuText, _SKUS, params),
        (_Prices, _PRICES, params),
        (_Seat, _SEATED, params),
        (_Bought, _BOUGHT, params),
        (_Past, _PAST, params),
        (_Granted, _GRANTED, params),
        (_United, _UNITED, params),
    )
    on_shelf = {row.sku_id: row for row in stock}
    snapshot = Snapshot(
        now=now,
        skus={text.sku_id: _sku_state(text, on_shelf.get(text.sku_id)) for text in texts},
        campaigns={row.id: row for row in campaigns},
        groups={row.id: row for row in groups},
        tier_prices={(row.campaign_id, row.sku_id): row.tier_prices_fen for row in prices},
        seated={(row.group_id, row.user_id) for row in seated},
        bought={(row.campaign_id, row.user_id): row.units for row in bought},
        buyers=_buyers(past),
        granted={(row.user_id, row.request_id): (row.order_id, bytes(row.request_hash)) for row in granted},
        united={(row.absorbed_id, row.user_id) for row in united},
    )
    return snapshot, {text.sku_id: text for text in texts}


def _sku_state(text: SkuText, stock: _Stock | None) -> SkuState:
    return SkuState(
        sku_id=text.sku_id,
        product_id=text.product_id,
        merchant_id=text.merchant_id,
        solo_price_fen=text.solo_price_fen,
        on_sale=text.on_sale,
        available=stock.available if stock else 0,
        on_hand=stock.on_hand if stock else 0,
    )


def _buyers(past: Sequence[_Past]) -> dict[UUID, BuyerState]:
    buyers: dict[UUID, BuyerState] = {}
    for row in past:
        buyer = buyers.setdefault(row.user_id, BuyerState())
        buyer.unpaid += row.unpaid
        buyer.left += row.left_seats
        buyer.given_up += row.given_up
        if row.taking:
            buyer.merchants.add(row.merchant_id)
    return buyers
