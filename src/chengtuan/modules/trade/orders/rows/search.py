"""Finding orders by what people know of them. Each way in is an index; nobody else's rows are walked over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.search import containing, grams_of_word
from chengtuan.modules.trade.orders.rows.search_keys import RecipientKeys, WantedKeys
from chengtuan.modules.trade.orders.rows.views import SELECT, OrderView
from chengtuan.modules.trade.orders.rules.query import OrderQuery
from chengtuan.platform.database import ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_BY: LiteralString = (
    "select s.order_id from order_search s where (%(all_merchants)s or s.merchant_id = %(merchant)s) and "
)
FIND_BY_QUERY: LiteralString = (
    "with found as materialized ("
    + _BY
    + "s.number_back ~>=~ %(number)s and s.number_back ~<~ (%(number)s || ':')"
    + " union "
    + _BY
    + "s.phone_key = any(%(phones)s)"
    + " union "
    + _BY
    + "s.phone_tail_key = any(%(tails)s)"
    + " union "
    + _BY
    + "s.name_key = any(%(names)s)"
    " union select p.order_id from order_parcel p where p.tracking_no = %(parcel)s"
    " and (%(all_merchants)s or p.merchant_id = %(merchant)s)"
    # a product that sells well has many orders: of each only so many as fit the page, each looked up by itself
    " union select n.order_id from (select distinct g.product_id from goods_name g"
    " where g.grams @> %(grams)s::text[] and g.text like all(%(words)s::text[])"
    " and (%(all_merchants)s or g.merchant_id = %(merchant)s)"
    ") goods cross join lateral (select s.order_id from order_line s"
    " cross join lateral (select x.status from shop_order x where x.id = s.order_id offset 0) x"
    " where s.product_id = goods.product_id and (%(before)s::uuid is null or s.order_id < %(before)s)"
    " and (%(statuses)s::text[] is null or x.status = any(%(statuses)s))"
    " order by s.order_id desc limit %(limit)s) n) "
    + SELECT
    + " join found f on f.order_id = o.id where (%(all_merchants)s or o.merchant_id = %(merchant)s)"
    " and (%(statuses)s::text[] is null or o.status = any(%(statuses)s))"
    " and (%(before)s::uuid is null or o.id < %(before)s) order by o.id desc limit %(limit)s"
)


async def find_orders_by_query(
    db: ViewSession,
    *,
    scope: Scope,
    query: OrderQuery,
    keys: WantedKeys,
    statuses: list[str] | None,
    before: UUID | None,
    limit: int,
) -> list[OrderView]:
    """Newest first."""
    params = {
        **scope.params(),
        "number": query.number_end[::-1] if query.number_end else None,
        "phones": list(keys.phones),
        "tails": list(keys.phone_tails),
        "names": list(keys.names),
        "parcel": query.parcel,
        # without a word there is nothing that a name could hold: no name has this piece
        "grams": [piece for word in query.words for piece in grams_of_word(word)] or [""],
        "words": [containing(word) for word in query.words],
        "statuses": statuses,
        "before": before,
        "limit": limit,
    }
    return await db.fetch_all(OrderView, FIND_BY_QUERY, params)


@dataclass(frozen=True, slots=True)
class UnindexedOrder:
    id: UUID
    address_sealed: bytes


async def lock_without_keys(tx: WriteSession, limit: int) -> list[UnindexedOrder]:
    """Orders from before there were keys; those that somebody else indexes are left to them."""
    return await tx.fetch_all(
        UnindexedOrder,
        "select o.id, o.address_sealed from order_search s join shop_order o on o.id = s.order_id"
        " where s.phone_key is null order by s.order_id limit %s for update of s skip locked",
        (limit,),
    )


async def keep_keys(tx: WriteSession, found: Sequence[tuple[UUID, RecipientKeys]]) -> None:
    if not found:
        return
    await tx.execute(
        "update order_search s set phone_key = new.phone, phone_tail_key = new.tail, name_key = new.name"
        " from unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[]) as new(id, phone, tail, name)"
        " where s.order_id = new.id",
        (
            [order_id for order_id, _ in found],
            [keys.phone for _, keys in found],
            [keys.phone_tail for _, keys in found],
            [keys.name for _, keys in found],
        ),
    )
