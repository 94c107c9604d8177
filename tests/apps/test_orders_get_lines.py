"""A running shop's orders keep everything when they get lines, whatever state they are in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from chengtuan.apps.ownership import bring_up_to_date
from tests.support.invariants import violations
from tests.support.world import environment

BEFORE = """
    select number, status, kind, product_id, sku_id, product_name, sku_name, image_url, quantity, unit_price_fen,
        tier_prices_fen, goods_fen, freight_fen, payable_fen, paid_fen, refund_planned_fen, refunded_fen, payment_id,
        pay_before from trade.shop_order order by number"""
AFTER = """
    select o.number, o.status, o.kind, l.product_id, l.sku_id, l.product_name, l.sku_name, l.image_url, l.quantity,
        l.unit_fen, l.tier_prices_fen, o.goods_fen, o.freight_fen, o.payable_fen, o.paid_fen, o.refund_planned_fen,
        o.refunded_fen, i.payment_id, i.pay_before
    from trade.shop_order o join trade.order_line l on l.order_id = o.id join trade.instalment i on i.order_id = o.id
    order by o.number"""
BOOKS = """
    select 'stock', sku_id::text, on_hand, available, reserved from trade.stock
    union all select 'cap', id::text, stock_taken, 0, 0 from trade.campaign
    union all select 'group', id::text, size, locked, paid from trade.buy_group
    union all select 'refund ' || status, number, amount_fen, 0, 0 from trade.refund
    union all select 'ledger', account, sum(amount_fen), count(*), 0 from payments.entry group by 2 order by 1, 2"""
BOOKS_AFTER = BOOKS.replace("stock_taken, 0, 0 from trade.campaign", "taken, 0, 0 from trade.activity").replace(
    "size, locked", "seats, locked"
)
STATES = {"pending_payment", "grouping", "to_ship", "shipped", "completed", "cancelled", "refunding", "refunded"}


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_orders_in_every_state_are_the_same_with_lines(
    new_database: Callable[..., str], one_variant_orders: str, tmp_path: Path
) -> None:
    url = new_database(one_variant_orders)
    orders, books = rows(url, BEFORE), rows(url, BOOKS)
    assert {status for _, status, *_ in orders} == STATES
    bring_up_to_date(environment(url, tmp_path))
    assert rows(url, AFTER) == orders
    assert rows(url, BOOKS_AFTER) == books
    assert violations(url, settled=False) == []
