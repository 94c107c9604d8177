"""What buyers write is stored unreadable, also where it was stored before that was so."""

import psycopg
import pytest

from chengtuan.platform.job_handlers import Periodic
from tests.support.shop import Shop


def _stored(url: str) -> list[tuple[str, bytes | None]]:
    with psycopg.connect(url) as connection:
        return connection.execute("select remark, remark_sealed from trade.shop_order order by id").fetchall()


@pytest.mark.feature("F53")
async def test_a_remark_is_stored_encrypted_and_read_as_it_was(shop: Shop, database_url: str) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", remark="門口的石獅子旁邊")
    ((readable, sealed),) = _stored(database_url)
    assert readable == ""
    assert sealed is not None
    assert "石獅子".encode() not in sealed
    assert (await buyer.see(order["id"]))["remark"] == "門口的石獅子旁邊"


async def test_remarks_from_before_are_read_and_end_encrypted(shop: Shop, database_url: str) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update trade.shop_order set remark = 'ring twice', remark_sealed = null")
    assert (await buyer.see(order["id"]))["remark"] == "ring twice"
    for job in shop.world.composition.running["trade"].built.jobs:
        if isinstance(job, Periodic) and job.kind == "seal_remarks":
            await job.handler(None)  # type: ignore[arg-type]
    ((readable, sealed),) = _stored(database_url)
    assert readable == ""
    assert sealed
    assert (await buyer.see(order["id"]))["remark"] == "ring twice"
