"""Decides which orders are taken: pure, over a snapshot of rows that the caller has locked.

A batch of commands is decided in order of arrival; each accepted one changes the snapshot for the
next. Nothing here does I/O, so every rule can be tested by a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.money import Fen
from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.domain.states import GroupStatus
from chengtuan.modules.trade.problems import (
    AlreadyInGroup,
    CampaignEnded,
    CampaignNotFound,
    GroupEnded,
    GroupFull,
    GroupNotFound,
    IdempotencyConflict,
    NotDeliverable,
    OwnGroup,
    PriceChanged,
    PurchaseLimit,
    SkuNotFound,
    SoldOut,
    TooManyUnpaidOrders,
)

HOLD = timedelta(minutes=15)
"""How long a seat and stock are held for an order that is not paid."""
MAX_UNPAID_ORDERS = 5


class Mode(StrEnum):
    SOLO = "solo"
    OPEN = "open"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. Prices are never taken from it; `expected_payable_fen` is only compared."""

    order_id: UUID
    request_id: UUID
    request_hash: bytes
    user_id: UUID
    mode: Mode
    sku_id: UUID
    quantity: int
    campaign_id: UUID | None
    group_id: UUID | None
    new_group_id: UUID
    province_code: str
    expected_payable_fen: Fen | None


@dataclass(slots=True)
class SkuState:
    """An item on sale with its stock."""

    sku_id: UUID
    product_id: UUID
    merchant_id: UUID
    solo_price_fen: Fen
    on_sale: bool
    available: int


@dataclass(slots=True)
class CampaignState:
    id: UUID
    product_id: UUID
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    stock_cap: int | None
    stock_taken: int
    per_user_limit: int | None
    regions: list[str] | None
    group_size: int

    def running(self, now: datetime) -> bool:
        return self.stopped_at is None and self.starts_at <= now < self.ends_at


@dataclass(slots=True)
class GroupState:
    id: UUID
    campaign_id: UUID
    initiator_id: UUID
    status: str
    size: int
    locked: int
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted wish, with everything the server decided about it."""

    wish: Wish
    campaign_id: UUID | None
    group_id: UUID | None
    unit_price_fen: Fen
    tier_prices_fen: tuple[Fen, ...]
    goods_fen: Fen
    freight_fen: Fen
    pay_before: datetime

    @property
    def payable_fen(self) -> Fen:
        return self.goods_fen + self.freight_fen


@dataclass(frozen=True, slots=True)
class Repeated:
    """The wish was granted before, under the same Idempotency-Key."""

    order_id: UUID


@dataclass(slots=True)
class Snapshot:
    """Locked rows and the counts that the rules need."""

    now: datetime
    skus: dict[UUID, SkuState]
    campaigns: dict[UUID, CampaignState]
    groups: dict[UUID, GroupState]
    tier_prices: Mapping[tuple[UUID, UUID], Sequence[Fen]]
    """Prices by (campaign, SKU), one a tier."""
    seated: set[tuple[UUID, UUID]]
    """(group, user) with an active seat."""
    bought: dict[tuple[UUID, UUID], int]
    """Units by (campaign, user), paid or pending."""
    unpaid: dict[UUID, int]
    granted: dict[tuple[UUID, UUID], tuple[UUID, bytes]] = field(default_factory=dict)
    """Earlier orders by (user, request): order id and request hash."""


def decide(snapshot: Snapshot, wishes: Sequence[Wish]) -> list[Taken | Repeated | Problem]:
    """One verdict per wish, in order; the snapshot is changed by those that are taken."""
    verdicts: list[Taken | Repeated | Problem] = []
    for wish in wishes:
        try:
            verdict = _decide_one(snapshot, wish)
        except Problem as problem:
            verdicts.append(problem)
            continue
        if isinstance(verdict, Taken):
            _apply(snapshot, verdict)
        verdicts.append(verdict)
    return verdicts


def quote(snapshot: Snapshot, wish: Wish) -> Taken:
    """What the wish would cost now, without the checks of who asks. Raises Problem."""
    return _priced(snapshot, wish, *_place(snapshot, wish))


def _decide_one(snapshot: Snapshot, wish: Wish) -> Taken | Repeated:
    if earlier := snapshot.granted.get((wish.user_id, wish.request_id)):
        if earlier[1] != wish.request_hash:
            raise IdempotencyConflict
        return Repeated(earlier[0])
    campaign, group = _place(snapshot, wish)
    if group is not None:
        _check_seat(snapshot, wish, group)
    if campaign is not None:
        _check_campaign_limits(snapshot, wish, campaign)
    _check_unpaid(snapshot, wish)
    taken = _priced(snapshot, wish, campaign, group)
    _check_stock(snapshot, wish, campaign)
    if wish.expected_payable_fen not in (None, taken.payable_fen):
        raise PriceChanged(payable_fen=taken.payable_fen)
    return taken


def _place(snapshot: Snapshot, wish: Wish) -> tuple[CampaignState | None, GroupState | None]:
    """The campaign and group the wish is about, if they can still take anybody."""
    if wish.mode is Mode.SOLO:
        return None, None
    group = None
    campaign_id = wish.campaign_id
    if wish.mode is Mode.JOIN:
        group = _open_group(snapshot, wish)
        campaign_id = group.campaign_id
    campaign = snapshot.campaigns.get(campaign_id) if campaign_id else None
    if campaign is None:
        raise CampaignNotFound
    if wish.mode is Mode.OPEN and not campaign.running(snapshot.now):
        raise CampaignEnded
    if campaign.stopped_at is not None:
        raise CampaignEnded
    return campaign, group


def _open_group(snapshot: Snapshot, wish: Wish) -> GroupState:
    group = snapshot.groups.get(wish.group_id) if wish.group_id else None
    if group is None or (group.status == GroupStatus.DRAFT and group.initiator_id != wish.user_id):
        raise GroupNotFound
    if group.initiator_id == wish.user_id:
        raise OwnGroup
    if group.status != GroupStatus.OPEN or group.deadline is None or snapshot.now >= group.deadline:
        raise GroupFull if group.status == GroupStatus.SUCCEEDED else GroupEnded
    return group


def _check_seat(snapshot: Snapshot, wish: Wish, group: GroupState) -> None:
    if (group.id, wish.user_id) in snapshot.seated:
        raise AlreadyInGroup
    if group.locked >= group.size:
        raise GroupFull


def _check_campaign_limits(snapshot: Snapshot, wish: Wish, campaign: CampaignState) -> None:
    if campaign.regions is not None and wish.province_code not in campaign.regions:
        raise NotDeliverable
    limit = campaign.per_user_limit
    bought = snapshot.bought.get((campaign.id, wish.user_id), 0)
    if limit is not None and bought + wish.quantity > limit:
        raise PurchaseLimit(limit=limit, taken=bought)


def _check_unpaid(snapshot: Snapshot, wish: Wish) -> None:
    if snapshot.unpaid.get(wish.user_id, 0) >= MAX_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(limit=MAX_UNPAID_ORDERS)


def _check_stock(snapshot: Snapshot, wish: Wish, campaign: CampaignState | None) -> None:
    available = snapshot.skus[wish.sku_id].available
    if campaign is not None and campaign.stock_cap is not None:
        available = min(available, campaign.stock_cap - campaign.stock_taken)
    if wish.quantity > available:
        raise SoldOut(available=available)


def _priced(snapshot: Snapshot, wish: Wish, campaign: CampaignState | None, group: GroupState | None) -> Taken:
    sku = snapshot.skus.get(wish.sku_id)
    if sku is None or not sku.on_sale:
        raise SkuNotFound
    if campaign is None:
        prices: tuple[Fen, ...] = ()
        unit = sku.solo_price_fen
    else:
        prices = tuple(snapshot.tier_prices.get((campaign.id, sku.sku_id), ()))
        if campaign.product_id != sku.product_id or not prices:
            raise SkuNotFound
        unit = prices[0]
    hold_until = snapshot.now + HOLD
    if group is not None and group.deadline is not None:
        hold_until = min(hold_until, group.deadline)
    return Taken(
        wish=wish,
        campaign_id=campaign.id if campaign else None,
        group_id=group.id if group else (wish.new_group_id if campaign else None),
        unit_price_fen=unit,
        tier_prices_fen=prices,
        goods_fen=unit * wish.quantity,
        freight_fen=0,
        pay_before=hold_until,
    )


def _apply(snapshot: Snapshot, taken: Taken) -> None:
    wish = taken.wish
    snapshot.skus[wish.sku_id].available -= wish.quantity
    snapshot.unpaid[wish.user_id] = snapshot.unpaid.get(wish.user_id, 0) + 1
    snapshot.granted[wish.user_id, wish.request_id] = (wish.order_id, wish.request_hash)
    if taken.campaign_id is None or taken.group_id is None:
        return
    snapshot.campaigns[taken.campaign_id].stock_taken += wish.quantity
    key = (taken.campaign_id, wish.user_id)
    snapshot.bought[key] = snapshot.bought.get(key, 0) + wish.quantity
    snapshot.seated.add((taken.group_id, wish.user_id))
    if wish.mode is Mode.JOIN:
        group = snapshot.groups[taken.group_id]
        snapshot.groups[taken.group_id] = replace(group, locked=group.locked + 1)
