"""What people and orders did to the stock of an older copy is booked again, in order and to the last unit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chengtuan.apps.registry import MANIFESTS
from chengtuan.platform.installation import PLATFORM
from chengtuan.platform.migrations import migrate
from tests.support.invariants import violations

pytestmark = pytest.mark.postgres
TRADE = [manifest for manifest in MANIFESTS if manifest.name == "trade"]
_DELIVERY = (
    "insert into trade.stock_change (id, request_id, sku_id, reason, note, before, after, staff_id, staff_name, at)"
    " select '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', sku_id, 'received',"
    " 'a box', on_hand, on_hand + 7, '00000000-0000-0000-0000-000000000003', 'Ann', '2100-01-01' from trade.stock"
    " where sku_id = %(sku)s"
)
_ARRIVED = "update trade.stock set on_hand = on_hand + 7, available = available + 7 where sku_id = %(sku)s"
_GIVEN_UP = (
    "with gone as (update trade.shop_order set status = 'cancelled', cancel_reason = 'timeout', cancelled_at = now()"
    "  where status = 'pending_payment' and kind = 'solo' returning id, sku_id, quantity),"
    " ended as (insert into trade.stock_movement (order_id, sku_id, kind, quantity, at)"
    "  select id, sku_id, 'end', quantity, '2099-01-01' from gone)"
    " update trade.stock st set reserved = st.reserved - quantity, available = available + quantity from gone"
    " where gone.sku_id = st.sku_id"
)
_HISTORY = (
    "select reason, delta_available, delta_reserved, note, staff_name from trade.stock_movement"
    " where sku_id = %(sku)s order by seq"
)
_ENDED = (
    "select m.reason, o.status from trade.stock_movement m join trade.shop_order o on o.id = m.subject_id"
    " where m.subject_kind = 'order' and m.reason <> 'reserved'"
)


def ask(url: str, query: str, **params: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(query.encode(), params)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def older_copy(new_database: Callable[..., str], first_release: str) -> str:
    """The first release's shop, just before the ledger, with a delivery that somebody booked then."""
    url = new_database(first_release)
    migrate(url, TRADE, revision="trade_0011")
    return url


def test_the_old_traces_become_one_ledger(older_copy: str, tmp_path: Path) -> None:
    url = older_copy
    ((sku,),) = ask(url, "select sku_id from trade.stock_movement group by 1 order by count(*) desc limit 1")
    ask(url, _GIVEN_UP)
    ask(url, _DELIVERY, sku=sku)
    ask(url, _ARRIVED, sku=sku)
    kept = ask(url, "select sku_id, on_hand, available, reserved from trade.stock order by 1")
    orders = ask(url, "select order_id, kind, sku_id, quantity from trade.stock_movement order by 1, 2 desc")
    migrate(url, [PLATFORM, *MANIFESTS])

    assert ask(url, "select sku_id, on_hand, available, reserved from trade.stock order by 1") == kept
    booked = ask(
        url,
        "select subject_id, case reason when 'reserved' then 'reserve' else 'end' end, sku_id, abs(delta_reserved)"
        " from trade.stock_movement where subject_kind = 'order' order by 1, 2 desc",
    )
    assert booked == orders
    first, *_, last = ask(url, _HISTORY, sku=sku)
    assert first[0] == "opening", "the first release counted without a trace"
    assert last == ("received", 7, 0, "a box", "Ann")
    ended = set(ask(url, _ENDED))
    assert {reason for reason, _ in ended} == {"shipped", "released"}
    assert {status for reason, status in ended if reason == "shipped"} <= {"shipped", "completed"}
    assert violations(url, settled=False) == []

    ask(url, "delete from trade.stock_movement where reason = 'opening'")
    assert any("sum of its movements" in found for found in violations(url, settled=False)), "the control"


def test_every_old_merchant_has_a_place_and_what_comes_next_goes_on(older_copy: str) -> None:
    migrate(older_copy, [PLATFORM, *MANIFESTS])
    assert ask(older_copy, "select merchant_id from trade.place order by 1") == ask(
        older_copy, "select distinct merchant_id from trade.listing order by 1"
    )
    ((highest,),) = ask(older_copy, "select max(seq) from trade.stock_movement")
    ((following,),) = ask(older_copy, "select nextval('trade.stock_movement_seq_seq')")
    assert following == highest + 1
