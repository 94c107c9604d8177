"""What a batch of holds asks of its people costs as much as they have, however many others hold something."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from chengtuan.modules.trade.flash.rows.snapshots import _HAD, _ON_DEVICE
from chengtuan.modules.trade.states import TAKING
from chengtuan.platform.arrays import array
from chengtuan.platform.wire import _numbered
from tests.support.flash import flash_sale
from tests.support.shop import Shop

PEOPLE = 300
_HOLDS = (
    "insert into flash_hold (id, activity_id, sku_id, user_id, request_id, request_hash, quantity, address_id, device,"
    " status, created_at) select gen_random_uuid(), activity_id, sku_id, gen_random_uuid(), gen_random_uuid(), '', 1,"
    " gen_random_uuid(), gen_random_uuid(), 'held', now() from flash_stock, generate_series(1, %s)"
)


def looked_at(connection: psycopg.Connection[Any], sql: str) -> int:
    """Holds that were read for a batch of strangers, by a plan from when there was none."""
    query, names = _numbered(sql)
    connection.execute(b"deallocate all")
    connection.execute(b"delete from flash_hold")
    connection.execute(b"prepare asked as " + query)
    sales = connection.execute(b"select activity_id from flash_stock").fetchall()
    given = {"sales": array(sale_id for (sale_id,) in sales), "taking": array(TAKING)}
    strangers = array(uuid4() for _ in range(50))
    execute = f"execute asked ({', '.join(repr(given.get(name, strangers)) for name in names)})".encode()
    connection.execute(execute)
    connection.execute(_HOLDS, (PEOPLE,))
    found = connection.execute(b"explain (analyze, format json) " + execute).fetchone()
    assert found is not None
    return _rows(found[0][0]["Plan"])


def _rows(node: dict[str, Any]) -> int:
    below = sum(map(_rows, node.get("Plans", ())))
    if node.get("Relation Name") != "flash_hold":
        return below
    return below + int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


@pytest.mark.damages
@pytest.mark.parametrize("sql", [_HAD, _ON_DEVICE], ids=["what they had", "who shares a device"])
async def test_a_batch_of_holds_reads_no_holds_of_others(shop: Shop, database_url: str, sql: str) -> None:
    await flash_sale(shop, 5)
    with psycopg.connect(database_url) as connection:
        connection.execute("set search_path to trade; set enable_seqscan = off")
        connection.execute("set plan_cache_mode = force_generic_plan")
        assert looked_at(connection, sql) == 0
        assert looked_at(connection, sql.replace(" offset 0", "")) >= PEOPLE, "the control"
        connection.rollback()


pytestmark = pytest.mark.postgres
