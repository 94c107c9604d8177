"""Flash sales as shoppers and their merchants see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.narrowing import Narrow, page_of_activities
from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.flash_terms import FlashTerms
from chengtuan.modules.trade.flash.rules.states import SaleState, sale_state
from chengtuan.modules.trade.states import ActivityKind
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

AHEAD = timedelta(hours=48)
"""So long before its start a sale is in the zone."""
MOST_SHOWN = 200
"""Sales in the zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale with the prices of its cheapest variant; units are those of all its variants."""

    id: UUID
    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    merchant_id: UUID
    merchant_name: dict[str, str]
    name: str
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    stop_reason: str | None
    per_user_limit: int
    terms: FlashTerms
    flash_price_fen: int
    price_fen: int
    allotted: int
    held: int
    sold: int

    @property
    def left(self) -> int:
        """Units that nobody holds."""
        return self.allotted - self.held - self.sold

    def state(self, now: datetime) -> SaleState:
        return sale_state(self.starts_at, self.ends_at, self.stopped_at, self.left, now)

    def free(self, now: datetime) -> int:
        """What could be had at this moment, or could once it runs."""
        return self.left if self.state(now) in (SaleState.RUNNING, SaleState.UPCOMING) else 0


_SALES: LiteralString = (
    "select a.id, a.product_id, l.name as product_name, l.image_url as product_image_url, a.merchant_id,"
    " l.merchant_name, a.name, a.starts_at, a.ends_at, a.stopped_at, a.stop_reason, a.per_user_limit,"
    " a.terms::text, v.flash_price_fen, v.price_fen, f.allotted, f.held, f.sold"
    " from activity a join listing l using (product_id) cross join lateral"
    " (select p.tier_prices_fen[1] as flash_price_fen, s.solo_price_fen as price_fen"
    "  from activity_price p join listing_sku s using (sku_id)"
    "  where p.activity_id = a.id order by s.active desc, p.tier_prices_fen[1], s.position limit 1) v"
    " cross join lateral"
    " (select sum(allotted)::int as allotted, sum(held)::int as held, sum(sold)::int as sold"
    "  from flash_stock where activity_id = a.id) f"
    " where a.kind = 'flash'"
)


async def sales_in_the_zone(db: ReadSession, now: datetime, since: datetime) -> list[Sale]:
    """Those that run, then those of the next days, then those that ended or were stopped after `since`, the last one
    first. What was stopped before its start never was."""
    return await db.fetch_all(
        with_terms(Sale),
        _SALES + " and l.published and a.ends_at > %(since)s and a.starts_at <= %(until)s"
        " and (a.stopped_at is null or a.stopped_at > greatest(a.starts_at, %(since)s))"
        " order by (a.ends_at <= %(now)s or a.stopped_at is not null), a.starts_at > %(now)s,"
        " case when a.ends_at > %(now)s and a.stopped_at is null then (a.starts_at, a.ends_at) end,"
        " least(a.ends_at, a.stopped_at) desc, a.starts_at desc, a.id limit %(most)s",
        {"now": now, "since": since, "until": now + AHEAD, "most": MOST_SHOWN},
    )


async def find_sale(db: ReadSession, sale_id: UUID) -> Sale | None:
    return await db.fetch_one(with_terms(Sale), _SALES + " and a.id = %s", (sale_id,))


_SET_ASIDE: LiteralString = (
    # what nobody had of it goes back at the end, below zero
    "(select coalesce(sum(m.units), 0)::int from flash_allotment m where m.activity_id = f.activity_id and m.units > 0"
)


@dataclass(frozen=True, slots=True)
class SaleVariant:
    """A variant in a sale. `set_aside` were set aside in all, whatever went back since."""

    sku_id: UUID
    sku_name: dict[str, str]
    active: bool
    flash_price_fen: int
    price_fen: int
    allotted: int
    held: int
    sold: int
    set_aside: int

    @property
    def left(self) -> int:
        return self.allotted - self.held - self.sold


async def variants_of_sale(db: ReadSession, sale_id: UUID) -> list[SaleVariant]:
    return await db.fetch_all(
        SaleVariant,
        "select f.sku_id, s.name as sku_name, s.active, p.tier_prices_fen[1] as flash_price_fen,"
        " s.solo_price_fen as price_fen, f.allotted, f.held, f.sold, " + _SET_ASIDE + " and m.sku_id = f.sku_id)"
        " as set_aside from flash_stock f"
        " join activity_price p using (activity_id, sku_id) join listing_sku s using (sku_id)"
        " where f.activity_id = %s order by s.position",
        (sale_id,),
    )


async def list_sales(db: ViewSession, narrow: Narrow, *, before: UUID | None, limit: int) -> list[Sale]:
    """Newest first."""

    async def read(page: LiteralString, values: Mapping[str, object], prepare: bool) -> list[Sale]:
        return await db.fetch_all(with_terms(Sale), _SALES + page, values, prepare=prepare)

    return await page_of_activities(read, ActivityKind.FLASH, narrow, before=before, limit=limit)


async def find_sale_in_scope(db: ReadSession | WriteSession, sale_id: UUID, scope: Scope) -> Sale | None:
    return await db.fetch_one(
        with_terms(Sale),
        _SALES + " and a.id = %(id)s and (%(all_merchants)s or a.merchant_id = %(merchant)s)",
        {"id": sale_id, **scope.params()},
    )


@dataclass(frozen=True, slots=True)
class SaleFigures:
    """How a sale goes. `set_aside` are units in all, whatever went back since; `people_holding` wait for their order;
    revenue is what was paid and does not go back, in fen."""

    id: UUID
    set_aside: int
    people_holding: int
    unpaid_orders: int
    paid_orders: int
    units_paid: int
    revenue_fen: int


async def figures_of(db: ViewSession, sale_ids: Collection[UUID]) -> dict[UUID, SaleFigures]:
    """Of each of these sales. Nothing is counted where nobody has taken anything yet."""
    if not sale_ids:
        return {}
    rows = await db.fetch_all(
        SaleFigures,
        "select f.activity_id as id, "
        + _SET_ASIDE
        + ") as set_aside, (select count(distinct user_id)::int from flash_hold"
        "  where activity_id = f.activity_id and status = 'held') as people_holding, o.* from"
        " unnest(%(sales)s::uuid[]) f(activity_id)"
        " cross join lateral (select count(*) filter (where o.status = 'pending_payment')::int as unpaid_orders,"
        "  count(*) filter (where o.paid_fen > o.refund_planned_fen)::int as paid_orders,"
        "  coalesce(sum(l.quantity) filter (where o.paid_fen > o.refund_planned_fen), 0)::int as units_paid,"
        "  coalesce(sum(o.paid_fen - o.refund_planned_fen), 0)::bigint as revenue_fen"
        "  from shop_order o join order_line l on l.order_id = o.id where o.activity_id = f.activity_id"
        "  and o.kind = 'flash') o",
        {"sales": array(sale_ids)},
    )
    return {row.id: row for row in rows}
