"""Paid orders by the thousand: copies of one that was bought and paid through the whole product.

Of each row that belongs to such an order there is another one, with other ids, people and numbers; what counts orders
is raised by as many. What the copies hold, whoever wrote the product's tables decides: columns that are not named here
are those of the order that is copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

import psycopg

from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.orders.rules.numbers import order_number
from tests.support.crowd import Member


@dataclass(frozen=True)
class Copy:
    """`buyer` has what the order `of` is: alone, in the same group, or in another one, which they may have opened."""

    of: str
    buyer: Member
    group_id: UUID | None = None
    opens: bool = False


_TABLE = (
    "create temp table copy (nth bigint generated always as identity, of_order uuid, order_id uuid, number text,"
    " user_id uuid, group_id uuid, opens boolean, of_group uuid, activity_id uuid, sku_id uuid,"
    " of_payment uuid, of_payable uuid, nth_of_sku bigint,"
    " payment_id uuid default gen_random_uuid(), payable_id uuid default gen_random_uuid())"
)
_COPY = "copy copy (of_order, order_id, number, user_id, group_id, opens) from stdin"
_FACTS = (
    "update copy c set of_group = o.group_id, group_id = coalesce(c.group_id, o.group_id),"
    " activity_id = o.activity_id, sku_id = l.sku_id, of_payment = p.id, of_payable = p.payable_id, nth_of_sku = k.nth"
    " from trade.shop_order o join trade.order_line l on l.order_id = o.id"
    " join trade.instalment i on i.order_id = o.id join payments.payment p on p.id = i.payment_id,"
    " (select c.nth as copy, row_number() over (partition by l.sku_id order by c.nth) as nth"
    "  from copy c join trade.order_line l on l.order_id = c.of_order) k where o.id = c.of_order and k.copy = c.nth"
)


def _rows(table: LiteralString, which: LiteralString, changes: LiteralString, joins: LiteralString = "") -> str:
    """Copies of a table's rows `r`, with what is different in those of the copy `c`."""
    return (
        f"insert into {table} overriding user value select n.* from copy c join {table} r on {which} {joins}"
        f" cross join lateral jsonb_populate_record(r, jsonb_build_object({changes})) n order by c.nth"
    )


def _counted(table: LiteralString, key: LiteralString, by: LiteralString, changes: LiteralString) -> str:
    """What counts the orders of a row counts the copies, too."""
    counts = f"select {by} as key, count(*) as n from copy group by 1"
    return f"update {table} r set {changes} from ({counts}) c where r.{key} = c.key"


_OF_GROUP: LiteralString = "c.opens and r.id = c.of_group"
_OF_ORDER: LiteralString = "r.order_id = c.of_order"
_STATEMENTS = (
    "analyze copy",
    _FACTS,
    _rows("trade.buy_group", _OF_GROUP, "'id', c.group_id, 'initiator_id', c.user_id"),
    _rows(
        "trade.shop_order",
        "r.id = c.of_order",
        "'id', c.order_id, 'number', c.number, 'request_id', gen_random_uuid(), 'user_id', c.user_id,"
        " 'group_id', c.group_id",
    ),
    _rows("trade.order_line", _OF_ORDER, "'order_id', c.order_id"),
    _rows("trade.order_adjustment", _OF_ORDER, "'order_id', c.order_id"),
    _rows("trade.instalment", _OF_ORDER, "'order_id', c.order_id, 'payment_id', c.payment_id"),
    _rows("trade.order_search", _OF_ORDER, "'order_id', c.order_id, 'number_back', reverse(c.number)"),
    _rows("trade.seat", _OF_ORDER, "'order_id', c.order_id, 'group_id', c.group_id, 'user_id', c.user_id"),
    _rows(
        "trade.stock_movement",
        "r.subject_kind = 'order' and r.subject_id = c.of_order",
        "'subject_id', c.order_id, 'available', s.available - c.nth_of_sku, 'reserved', s.reserved + c.nth_of_sku",
        "join trade.stock s on s.sku_id = c.sku_id",
    ),
    _counted("trade.stock", "sku_id", "sku_id", "available = available - n, reserved = reserved + n"),
    _counted("trade.activity", "id", "activity_id", "taken = taken + n"),
    _counted(
        "trade.buy_group",
        "id",
        "case when not opens then group_id end",
        "locked = locked + n, paid = paid + n, missing = missing - n, version = version + n",
    ),
    _rows("trade.job", "c.opens and r.ref = c.of_group::text", "'ref', c.group_id"),
    _rows("fulfilment.parcel_task", _OF_ORDER, "'order_id', c.order_id, 'number', c.number, 'user_id', c.user_id"),
    _rows("payments.payable", "r.id = c.of_payable", "'id', c.payable_id, 'subject_id', c.order_id"),
    _rows(
        "payments.payment",
        "r.id = c.of_payment",
        "'id', c.payment_id, 'payable_id', c.payable_id, 'user_id', c.user_id, 'request_id', gen_random_uuid(),"
        " 'out_trade_no', 'copy' || c.number, 'transaction_id', 'copy' || c.number",
    ),
    _rows(
        "payments.payment_share",
        "r.payment_id = c.of_payment",
        "'payment_id', c.payment_id, 'subject_id', c.order_id, 'subject_number', c.number",
    ),
    _rows("payments.entry", "r.fact_id = c.of_payment", "'fact_id', c.payment_id, 'subject_id', c.order_id"),
    "drop table copy",
)


def copy_orders(database_url: str, copies: Sequence[Copy]) -> None:
    """Of one unit each."""
    now = datetime.now(UTC)
    with psycopg.connect(database_url) as connection:
        connection.execute(_TABLE)
        with connection.cursor().copy(_COPY) as target:
            for each in copies:
                order_id = new_id()
                number, group = order_number(order_id, now), each.group_id
                target.write_row((each.of, order_id, number, each.buyer.id, group, each.opens))
        for statement in _STATEMENTS:
            connection.execute(statement.encode())
