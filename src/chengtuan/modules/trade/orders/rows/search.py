"""Finding orders by what people know of them. Each way in is an index; nobody else's rows are walked over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.search import containing, grams_of_word
from chengtuan.modules.trade.orders.rows.search_keys import RecipientKeys, WantedKeys
from chengtuan.modules.trade.orders.rows.views import SELECT, OrderView
from chengtuan.modules.trade.orders.rules.query import OrderQuery
from chengtuan.platform.by_state import LAST, of_scope
from chengtuan.platform.database import ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_MOST_GOODS = 200
"""Of so many products at most that have the words in their names orders are looked for."""
_BY: LiteralString = "select s.order_id from order_search s where "
_WAYS: dict[str, LiteralString] = {
    "number": _BY + "s.number_back ~>=~ %(number)s and s.number_back ~<~ (%(number)s || ':')",
    "phones": _BY + "s.phone_key = any(%(phones)s)",
    "tails": _BY + "s.phone_tail_key = any(%(tails)s)",
    "names": _BY + "s.name_key = any(%(names)s)",
    "parcel": "select s.order_id from order_parcel s where s.tracking_no = %(parcel)s",
}
"""Each way of reading a query, by the parameter that it is read as."""
WAYS = (*_WAYS, "words")


def by_query(scope: Scope, ways: Collection[str], *, of_states: bool) -> LiteralString:
    """The orders of a page are chosen by their ids, and read then."""
    found: list[LiteralString] = [_WAYS[way] + of_scope(scope, "s.merchant_id") for way in _WAYS if way in ways]
    if "words" in ways:
        found.append(_of_goods(scope, of_states=of_states))
    return (
        "with found as materialized ("
        + " union ".join(found)
        + ") "
        + SELECT
        # nobody else's order, whatever was found
        + " where o.id = any(array(select f.order_id from found f where f.order_id < %(before)s"
        + (_of_states("f.order_id") if of_states else "")
        + " order by f.order_id desc limit %(limit)s))"
        + of_scope(scope, "o.merchant_id")
        + " order by o.id desc"
    )


def _of_goods(scope: Scope, *, of_states: bool) -> LiteralString:
    """A product that sells well has many orders: of each only so many as fit the page, each looked up by itself."""
    return (
        "select n.order_id from (select distinct g.product_id from goods_name g where g.grams @> %(grams)s::text[]"
        " and g.text like all(%(words)s::text[])" + of_scope(scope, "g.merchant_id") + " limit %(goods)s) goods"
        " cross join lateral (select s.order_id from order_line s where s.product_id = goods.product_id"
        " and s.order_id < %(before)s"
        + (_of_states("s.order_id") if of_states else "")
        + " order by s.order_id desc limit %(limit)s) n"
    )


def _of_states(order_id: LiteralString) -> LiteralString:
    return " and exists (select from shop_order x where x.id = " + order_id + " and x.status = any(%(statuses)s))"


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
    asked = {
        "number": query.number_end[::-1] if query.number_end else None,
        "phones": list(keys.phones),
        "tails": list(keys.phone_tails),
        "names": list(keys.names),
        "parcel": query.parcel,
        "words": [containing(word) for word in query.words],
    }
    ways = [way for way, value in asked.items() if value]
    if not ways:
        return []
    params = {
        **scope.params(),
        **asked,
        "grams": [piece for word in query.words for piece in grams_of_word(word)],
        "statuses": statuses,
        "before": before or LAST,
        "limit": limit,
        "goods": _MOST_GOODS,
    }
    return await db.fetch_all(OrderView, by_query(scope, ways, of_states=statuses is not None), params)


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
