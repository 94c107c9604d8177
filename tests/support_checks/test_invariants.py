"""The checker itself: a sound database has no violation, and each planted one is named."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.support.flash import flash_order, flash_sale, hold
from tests.support.invariants import ALWAYS, ONCE_SETTLED, violations, violations_in
from tests.support.rows import empty_tables
from tests.support.shop import Shop, open_shop
from tests.support.world import World


async def _ledger(world: World) -> dict[str, Any]:
    return dict((await world.partner.get("/desk/api/ledger")).json())


async def _some_history(shop: Shop) -> None:
    """A formed group, an open one with a held seat, a failed one with its refunds, and a solo order."""
    world = shop.world
    short = await shop.campaign([2], [7000], group_duration_s=600, stock_cap=50, per_user_limit=3)
    a, b, c = [await shop.shopper(number) for number in (1, 2, 3)]
    first = await a.open(short)
    await a.pay(first["id"])
    await b.pay((await b.join(first["group_id"]))["id"])
    failing = await c.open(short)
    await c.pay(failing["id"])
    world.clock.advance(timedelta(seconds=600))
    await world.settle()
    world.clock.advance(timedelta(minutes=2))
    await world.settle()
    still_open = await a.open(short)
    await a.pay(still_open["id"])
    await b.join(still_open["group_id"])
    await c.pay((await c.order("solo", quantity=2))["id"])
    sale_id = await flash_sale(shop, 9, per_user_limit=3)
    await flash_order(a, sale_id, quantity=2)
    given_up = await flash_order(b, sale_id)
    await b.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")
    await hold(c, sale_id)


_MOVE_AN_ENTRY = "update payments.entry set kind = 'refund_succeeded' where seq = (select min(seq) from payments.entry)"
_STUCK_EVENT = (
    "insert into trade.outbox (event_id, consumer, name, key, payload, created_at, next_try_at)"
    " values (gen_random_uuid(), 'messaging', 'x', 'x', '{}', now(), now())"
)
_FIRST = "(select min(id::text)::uuid from accounts.person)"
_LAST = "(select max(id::text)::uuid from accounts.person)"
_UNITE = "update accounts.person set phone = null, phone_index = null, united_into ="
_A_PARCEL = (
    "insert into fulfilment.parcel select gen_random_uuid(), id, 1, 'SF', 'SF12345678', now()"
    " from trade.shop_order where status = 'to_ship' order by id limit 1"
)
_ITS_ORDER = (
    "insert into fulfilment.shipment (order_id, number, user_id, merchant_id, upload_status)"
    " select id, number, user_id, merchant_id, 'waiting' from trade.shop_order"
    " where status = 'to_ship' order by id limit 1"
)
_A_LINE_OF_IT = "insert into fulfilment.parcel_line select id, 1, 99 from fulfilment.parcel"
PLANTED: list[tuple[str, Sequence[str]]] = [
    ("stock equation", ["update trade.stock set on_hand = on_hand + 1"]),
    ("reserved stock is what live", ["update trade.stock set reserved = reserved + 1, on_hand = on_hand + 1"]),
    ("an order is its lines", [("update trade.order_line set quantity = 7, goods_fen = unit_fen * 7,"
                               " payable_fen = unit_fen * 7 - off_fen")]),
    ("an order is its lines", [("update trade.instalment set payable_fen = payable_fen + 1, paid_fen ="
                               " case when paid_fen > 0 then payable_fen + 1 else 0 end")]),
    ("an order is its lines", [("insert into trade.order_adjustment select id, 1, null, 'freight', null, '{}', 5,"
                               " 'merchant' from trade.shop_order")]),
    ("the sum of its movements", ["update trade.stock set on_hand = on_hand + 1, available = available + 1"]),
    ("the sum of its movements", ["delete from trade.stock_movement where reason = 'counted'"]),
    ("the sum of its movements", ["delete from trade.stock"]),
    ("goes on from the one before", ["update trade.stock_movement set available = available + 1"]),
    ("each line is reserved once", ["delete from trade.stock_movement where reason = 'released'"]),
    ("each line is reserved once", ["update trade.stock_movement set reason = 'shipped' where reason = 'released'"]),
    ("each line is reserved once", ["update trade.stock_movement set line = 2 where reason = 'reserved'"]),
    ("shipped when all its pieces", ["update trade.shop_order set status = 'shipped' where status = 'to_ship'"]),
    ("no more than what was ordered", [_A_PARCEL, _A_LINE_OF_IT]),
    ("parcels hold what trade booked", [_A_PARCEL, _A_LINE_OF_IT]),
    ("each parcel holds its own", [_ITS_ORDER, _A_PARCEL]),
    ("group counters", ["update trade.buy_group set locked = 2 where status = 'open'",
                        "update trade.buy_group set paid = 0 where status = 'open'"]),
    ("0 <= paid", ["update trade.buy_group set seats = 0 where status = 'open'"]),
    ("sits in a group beyond its seats", ["update trade.buy_group set seats = 1 where status = 'open'"]),
    ("one person has one active seat", [
        "update trade.seat set user_id = (select min(user_id::text)::uuid from trade.seat)"]),
    ("a fixed group has formed", ["update trade.buy_group set status = 'open' where status = 'succeeded'"]),
    ("an activity's counter", ["update trade.activity set taken = taken + 1"]),
    ("more than its cap", ["update trade.activity set cap = 1"]),
    ("activity's limit", ["update trade.activity set per_user_limit = 1"]),
    ("a seat belongs to an order", ["update trade.seat set status = 'locked' where status = 'paid'"]),
    ("the ladder's difference", ["update trade.order_line set tier_prices_fen = '{1}'"]),
    ("gets the perk", [("update trade.buy_group set terms = jsonb_set(terms,"
                        " '{initiator_off_percent}', '10') where status = 'succeeded'")]),
    ("how many people it misses", ["update trade.buy_group set missing = missing + 1 where status = 'open'",
                                   "update trade.buy_group set paid = paid - 1 where status = 'succeeded'"]),
    ("gets the perk", ["update trade.refund set reason = 'initiator_perk'"]),
    ("a card of the shelf", ["update trade.listing set sold = sold + 1"]),
    ("a card of the shelf", ["update trade.stock set available = 0"]),
    ("a card of the shelf", ["delete from trade.shelf_card"]),
    ("what changes a card", ["alter table trade.stock disable trigger shelf_stock"]),
    ("the sum of its shares", ["update payments.payment set amount_fen = 1"]),
    ("the sum of its shares", ["delete from payments.payment_share"]),
    ("within what was paid", ["update payments.payment_share set amount_fen = 1"]),
    ("within what was paid", ["update payments.payment_share set refunded_fen = 0"]),
    ("refund sums", ["update trade.shop_order set refunded_fen = 0"]),
    ("the ledger sums to zero", ["delete from payments.entry where seq = (select min(seq) from payments.entry)"]),
    ("each ledger transaction", [_MOVE_AN_ENTRY]),
    ("balances begin with", ["insert into payments.ledger_sum values (gen_random_uuid(), 'merchant_escrow', 1)"]),
    ("every share of a payment is in the ledger", ["update payments.entry set merchant_id = gen_random_uuid()"]),
    ("every share of a payment is in the ledger", ["delete from payments.entry where kind = 'payment'"]),
    ("every refund is in the ledger", ["delete from payments.entry where kind = 'refund_succeeded'"]),
    ("guarded against change", ["drop trigger entry_append_only on payments.entry"]),
    ("guarded against change", ["alter table payments.entry disable trigger entry_balance"]),
    ("part of an account that is part of another", [f"{_UNITE} {_LAST} where id <> {_LAST}",
                                                     f"{_UNITE} {_FIRST} where id = {_LAST}"]),
    ("nothing that one would look for", [f"{_UNITE} {_LAST} where id = {_FIRST}"]),
    ("whom trade judges as one person", [f"insert into trade.united_buyer values ({_FIRST}, {_LAST})"]),
    ("trade has planned", ["delete from trade.refund"]),
    ("nobody paid without", ["update trade.seat set status = 'released' where status = 'paid'"]),
    ("nobody paid without", ["update trade.instalment set payment_id = null, paid_at = null, paid_fen = 0"]),
    ("what the provider took", ["update trade.shop_order set paid_fen = paid_fen - 1 where paid_fen > 0"]),
    ("a refunded order", ["update trade.shop_order set status = 'refunding' where status = 'refunded'"]),
    ("in a failed group", ["update trade.shop_order set status = 'grouping' where status = 'refunded'"]),
    ("agree about every refund", ["update trade.refund set status = 'submitted'"]),
    ("no event waits", [_STUCK_EVENT]),
    ("what is held of a flash sale", ["update trade.flash_stock set held = held + 1"]),
    ("what is held of a flash sale", ["delete from trade.flash_hold where status = 'held'"]),
    ("what is sold of a flash sale", ["update trade.flash_stock set sold = sold - 1, allotted = allotted - 1"]),
    ("no more than was set aside", ["update trade.flash_stock set allotted = 2"]),
    ("is set aside in the ledger", ["update trade.flash_stock set allotted = allotted + 1"]),
    ("is set aside in the ledger", ["delete from trade.stock_movement where reason = 'put_back'"]),
    ("flash sale that was stopped", ["update trade.activity set stopped_at = now() where kind = 'flash'"]),
    ("more of a flash sale than its limit", ["update trade.flash_hold set quantity = 4"]),
    ("a hold and its order", ["update trade.flash_hold set status = 'ordered' where status = 'released'"]),
    ("a hold and its order", ["delete from trade.flash_hold where status = 'ordered'"]),
    ("a hold and its order", ["update trade.flash_hold set quantity = 1 where status = 'ordered'"]),
    ("a payment, here", ["update payments.payment set status = 'closed', transaction_id = null, paid_at = null"]),
    ("a refund, here", ["update payments.refund set number = number || 'X'"]),
]  # fmt: skip


def _loosen(connection: psycopg.Connection[Any]) -> None:
    """Takes away the constraints that would refuse the planted rows, inside the caller's transaction."""
    connection.execute("set local session_replication_role = replica")
    checks = connection.execute(
        "select conrelid::regclass::text, conname from pg_constraint where contype = 'c'"
        " and connamespace in ('trade'::regnamespace, 'payments'::regnamespace)"
    ).fetchall()
    for table, name in checks:
        connection.execute(f"alter table {table} drop constraint {name}".encode())
    connection.execute("drop index trade.uq_seat_active")


async def test_every_rule_finds_its_planted_violation(world: World, database_url: str) -> None:
    await _some_history(await open_shop(world))
    ledger = await _ledger(world)
    assert violations(database_url, ledger=ledger) == []
    missed = []
    for expected, statements in PLANTED:
        with psycopg.connect(database_url) as connection:
            _loosen(connection)
            for statement in statements:
                connection.execute(statement.encode())
            found = violations_in(connection, ledger=ledger)
            connection.rollback()
        if not any(expected in violation for violation in found):
            missed.append((expected, statements, found))
    assert missed == []
    assert violations(database_url, ledger=ledger) == []


def test_every_rule_has_a_planted_violation() -> None:
    unproven = [rule for rule in ALWAYS | ONCE_SETTLED if not any(part in rule for part, _ in PLANTED)]
    assert unproven == []


@pytest.mark.parametrize("settled", [True, False])
def test_an_empty_database_is_sound(database_url: str, settled: bool) -> None:
    empty_tables(database_url)
    assert violations(database_url, ledger={"trades": [], "refunds": []}, settled=settled) == []


def _scans_whole_tables(plan: dict[str, Any], *, for_each_row: bool = False) -> list[str]:
    """Tables that are read from end to end again and again, once for each row of something else."""
    again = for_each_row or (plan.get("Parent Relationship") == "SubPlan" and "hashed" not in plan.get("_asked", ""))
    found = [plan["Relation Name"]] if again and plan["Node Type"] == "Seq Scan" else []
    asked = " ".join(str(plan.get(key, "")) for key in ("Filter", "Join Filter", "Hash Cond", "Output"))
    for part in plan.get("Plans", []):
        hashed = f"hashed {part.get('Subplan Name')}" in asked
        found += _scans_whole_tables(part | {"_asked": "hashed" if hashed else ""}, for_each_row=again)
    return found


def _scanned(connection: psycopg.Connection[Any], query: str) -> list[str]:
    row = connection.execute(f"explain (format json, verbose) {query}".encode()).fetchone()
    assert row is not None
    return _scans_whole_tables(row[0][0]["Plan"])


def test_no_rule_reads_a_table_once_for_each_row_of_another(database_url: str) -> None:
    """A shop of a hundred thousand orders would be checked for hours."""
    with psycopg.connect(database_url) as connection:
        connection.execute("set enable_seqscan = off")  # so that every index that can be used is
        rules = ALWAYS | ONCE_SETTLED
        found = {name: scanned for name, query in rules.items() if (scanned := _scanned(connection, query))}
        assert found == {}
        slow = "select (select count(*) from trade.stock_movement m where m.subject_id = o.id) from trade.shop_order o"
        assert _scanned(connection, slow) == ["stock_movement"]
