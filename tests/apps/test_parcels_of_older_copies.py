"""What an older copy shipped is one parcel an order, with everything: the same carriers, numbers, events, reports."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from chengtuan.apps.ownership import Keys, bring_up_to_date
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.fulfilment.job_kinds import FILL_PARCELS
from chengtuan.modules.fulfilment.usecases.fill_parcels import fill_parcels
from chengtuan.modules.trade.binding import get_order
from chengtuan.platform.database import Database
from chengtuan.platform.events import OutboxWriter
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.settings import PlatformSettings, load_settings
from tests.support.invariants import violations
from tests.support.world import environment

pytestmark = [pytest.mark.postgres, pytest.mark.feature("F27")]
BEFORE = """
    select s.order_id, s.number, s.user_id, s.merchant_id, s.carrier_code, s.tracking_no, s.shipped_at,
        s.upload_status,
        s.uploaded_at, array_agg((e.id, e.at, e.code, e.text)::text order by e.id), o.carrier_code, o.tracking_no
    from fulfilment.shipment s left join fulfilment.shipment_event e using (order_id)
    join trade.shop_order o on o.id = s.order_id group by s.order_id, o.id order by 1"""
AFTER = """
    select s.order_id, s.number, s.user_id, s.merchant_id, p.carrier_code, p.tracking_no, p.sent_at, s.upload_status,
        s.uploaded_at, array_agg((e.id, e.at, e.code, e.text)::text order by e.id), n.carrier_code, n.tracking_no
    from fulfilment.shipment s join fulfilment.parcel p using (order_id)
    left join fulfilment.parcel_event e on e.parcel_id = p.id
    join lateral (select * from trade.order_parcel n where n.parcel_id = p.id
        order by correction desc limit 1) n on true
    group by s.order_id, p.id, n.carrier_code, n.tracking_no order by 1"""
ORDERED = """
    select l.order_id, l.line, l.quantity from trade.order_line l join trade.shop_order o on o.id = l.order_id
    where o.status in ('shipped', 'completed') order by 1, 2"""
HELD = """
    select p.order_id, l.line, l.quantity from fulfilment.parcel p join fulfilment.parcel_line l on l.parcel_id = p.id
    order by 1, 2"""
CORRECTED = (
    "insert into trade.order_parcel (tracking_no, merchant_id, order_id)"
    " select 'ZZ00000000000', merchant_id, id from trade.shop_order where tracking_no is not null"
)


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("copy", ["first_release", "one_variant_orders"])
async def test_every_shipment_becomes_one_parcel_with_all_lines(
    new_database: Callable[..., str], request: pytest.FixtureRequest, copy: str, tmp_path: Path, clock: MovableClock
) -> None:
    url = new_database(request.getfixturevalue(copy))
    before = ask(url, BEFORE)
    assert before, "the copy has shipments"
    if copy == "one_variant_orders":
        ask(url, CORRECTED)  # a number that was corrected since, and comes last in the alphabet
    environ = environment(url, tmp_path)
    bring_up_to_date(environ)
    assert ask(url, AFTER) == before
    assert ask(url, HELD) == []
    assert ask(url, f"select ref from fulfilment.job where kind = '{FILL_PARCELS}'") == [("all",)]

    def of(module: str) -> Database:
        return Database(module=module, conninfo=url, clock=clock, outbox=OutboxWriter({}), jobs=JobWriter())

    trade: Any = SimpleNamespace(database=of("trade"), keys=Keys.of(load_settings(PlatformSettings, environ)).ring)
    ctx: Any = SimpleNamespace(database=of("fulfilment"), trade=SimpleNamespace())
    ctx.trade.get_order = lambda order_id: get_order(trade, order_id)
    for database in (trade.database, ctx.database):
        await database.open()
    for _ in range(2):
        await fill_parcels(ctx)
    for database in (trade.database, ctx.database):
        await database.close()
    assert ask(url, HELD) == ask(url, ORDERED)
    assert violations(url, settled=False) == []
    assert ask(url, "select 1 from trade.shop_order where (parcels = 1) <> (status in ('shipped', 'completed'))") == []

    ask(url, "update fulfilment.parcel_line set quantity = quantity + 1")
    assert any("parcels hold no more" in found for found in violations(url, settled=False)), "the control"
    ask(url, "update trade.order_line set sent = 0")
    assert any("an order is shipped when" in found for found in violations(url, settled=False)), "the control"
