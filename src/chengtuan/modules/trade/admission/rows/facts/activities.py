"""The activities that groups are opened or joined in: their terms, prices, and what each buyer took of them."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query, of_an_activity
from chengtuan.modules.trade.admission.rules.snapshot import ActivityState

_SELECT = (
    "select id, product_id, starts_at, ends_at, stopped_at, cap, taken, per_user_limit, eligibility::text, terms::text"
    # an array, so that they are looked up by their ids: one of two conditions would be tried on every activity
    " from activity where id = any(array(select unnest(%(activities)s::uuid[])"
    "  union select activity_id from buy_group where id in (select unnest(%(groups)s::uuid[])))) order by id"
)
ROWS = Query(
    with_terms(ActivityState),
    _SELECT,
    _SELECT + " for update",
    "with wanted as materialized (select unnest(%(activities)s::uuid[]) as id"
    "  union select activity_id from buy_group where id = any(%(groups)s)),"
    " ours as materialized (select id from activity where id in (select id from wanted) order by id"
    "  for update skip locked)"
    " select id from activity where id in (select id from wanted) and id not in (select id from ours)",
)
ACTIVITIES = Fact(
    "activities", (ROWS,), lambda rows: {"activities": {row.id: row for row in rows[0]}}, concerns=of_an_activity
)


@dataclass(frozen=True, slots=True)
class _Prices:
    activity_id: UUID
    sku_id: UUID
    tier_prices_fen: list[int]


_PRICES = Query(
    _Prices,
    "select activity_id, sku_id, tier_prices_fen from activity_price where sku_id = any(%(skus)s)"
    " and activity_id = any(array(select unnest(%(activities)s::uuid[])"
    "  union select activity_id from buy_group where id in (select unnest(%(groups)s::uuid[]))))",
)
PRICES = Fact(
    "prices",
    (_PRICES,),
    lambda rows: {"tier_prices": {(row.activity_id, row.sku_id): row.tier_prices_fen for row in rows[0]}},
    concerns=of_an_activity,
)


@dataclass(frozen=True, slots=True)
class _Bought:
    activity_id: UUID
    user_id: UUID
    units: int


_BOUGHT = Query(
    _Bought,
    "select o.activity_id, o.user_id, sum(l.quantity)::int as units from shop_order o"
    " join order_line l on l.order_id = o.id where o.user_id = any(%(users)s) and (o.activity_id = any(%(activities)s)"
    " or o.activity_id in (select activity_id from buy_group where id = any(%(groups)s)))"
    " and o.status <> all(%(not_taking)s) group by 1, 2",
)
BOUGHT = Fact(
    "bought",
    (_BOUGHT,),
    lambda rows: {"bought": {(row.activity_id, row.user_id): row.units for row in rows[0]}},
    concerns=of_an_activity,
)
