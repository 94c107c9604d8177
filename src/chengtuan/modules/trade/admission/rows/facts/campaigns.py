"""The campaigns that groups are opened or joined in: their terms, prices, and what each buyer took of them."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query
from chengtuan.modules.trade.admission.rules.snapshot import CampaignState

_SELECT = (
    "select id, product_id, starts_at, ends_at, stopped_at, stock_cap, stock_taken, per_user_limit, regions,"
    " newcomers_only, initiator_off_percent, hard_end from campaign where id = any(%(campaigns)s)"
    " or id in (select campaign_id from buy_group where id = any(%(groups)s)) order by id"
)
ROWS = Query(
    CampaignState,
    _SELECT,
    _SELECT + " for update",
    "with wanted as materialized (select unnest(%(campaigns)s::uuid[]) as id"
    "  union select campaign_id from buy_group where id = any(%(groups)s)),"
    " ours as materialized (select id from campaign where id in (select id from wanted) order by id"
    "  for update skip locked)"
    " select id from campaign where id in (select id from wanted) and id not in (select id from ours)",
)
CAMPAIGNS = Fact("campaigns", (ROWS,), lambda rows: {"campaigns": {row.id: row for row in rows[0]}})


@dataclass(frozen=True, slots=True)
class _Prices:
    campaign_id: UUID
    sku_id: UUID
    tier_prices_fen: list[int]


_PRICES = Query(
    _Prices,
    "select campaign_id, sku_id, tier_prices_fen from campaign_sku where sku_id = any(%(skus)s)"
    " and (campaign_id = any(%(campaigns)s)"
    " or campaign_id in (select campaign_id from buy_group where id = any(%(groups)s)))",
)
PRICES = Fact(
    "prices",
    (_PRICES,),
    lambda rows: {"tier_prices": {(row.campaign_id, row.sku_id): row.tier_prices_fen for row in rows[0]}},
)


@dataclass(frozen=True, slots=True)
class _Bought:
    campaign_id: UUID
    user_id: UUID
    units: int


_BOUGHT = Query(
    _Bought,
    "select o.campaign_id, o.user_id, sum(l.quantity)::int as units from shop_order o"
    " join order_line l on l.order_id = o.id where o.user_id = any(%(users)s) and (o.campaign_id = any(%(campaigns)s)"
    " or o.campaign_id in (select campaign_id from buy_group where id = any(%(groups)s)))"
    " and o.status <> all(%(not_taking)s) group by 1, 2",
)
BOUGHT = Fact(
    "bought", (_BOUGHT,), lambda rows: {"bought": {(row.campaign_id, row.user_id): row.units for row in rows[0]}}
)
