"""Doors of a flash sale in another process open with the commit that gives units back, whatever happens after it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.modules.trade.flash.rows import stock
from chengtuan.platform.health import Part
from chengtuan.platform.http import closed
from tests.support.flash import CONSOLE, SALES, flash_sale, hold
from tests.support.serving import served
from tests.support.shop import Buyer, Shop

HEARD_WITHIN_S = 5.0


@pytest.fixture
async def elsewhere(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Another process, which hears of this one only by what the database tells: this one sends nothing itself."""
    monkeypatch.setattr(closed, "TRUSTED_S", 3600)
    world = shop.world
    other = Composition(
        environ=world.environ,
        clock=world.clock,
        modules=[manifest.name for manifest in Composition.manifests],
        outside=outside_client(),
    )
    async with other.open(), served(other) as client:
        hearing = asyncio.create_task(other.live.receive(Part("news")))
        await asyncio.sleep(0.3)
        yield client
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def told(client: httpx.AsyncClient, sale_id: str, buyer: Buyer | None = None) -> str:
    """What somebody hears who asks for a ticket; nobody in particular if it is nobody."""
    headers = {"Idempotency-Key": str(uuid4())}
    if buyer is not None:
        headers["Authorization"] = f"Bearer {buyer.person.token}"
    answer = await client.post(f"{SALES}/{sale_id}/tickets", headers=headers)
    return str(answer.json().get("code", answer.status_code))


async def close(shop: Shop, client: httpx.AsyncClient) -> str:
    """A sale of which nothing is left, closed at the other process."""
    sale_id = await flash_sale(shop, 1)
    await hold(await shop.shopper(1), sale_id)
    assert await told(client, sale_id, await shop.shopper(2)) == "trade/flash-sold-out"
    assert await told(client, sale_id) == "trade/flash-sold-out", "the door is closed"
    return sale_id


async def opened(client: httpx.AsyncClient, sale_id: str, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            while await told(client, sale_id) == "trade/flash-sold-out":
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return True


async def allot(shop: Shop, sale_id: str) -> None:
    answer = await shop.merchant.post(
        f"{CONSOLE}/{sale_id}/allotments", {"sku_id": shop.sku_id, "units": 1}, key=uuid4()
    )
    assert answer.status_code == 200, answer.text


async def test_another_process_opens_with_the_commit(shop: Shop, elsewhere: httpx.AsyncClient) -> None:
    sale_id = await close(shop, elsewhere)
    await allot(shop, sale_id)
    assert await opened(elsewhere, sale_id, HEARD_WITHIN_S)


async def test_without_the_news_in_the_commit_it_stays_closed(
    shop: Shop, elsewhere: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a process that dies before it sends its news."""
    monkeypatch.setattr(stock, "TELL", "select %(payloads)s::text[]")
    sale_id = await close(shop, elsewhere)
    await allot(shop, sale_id)
    assert not await opened(elsewhere, sale_id, 0.5)


async def test_any_number_of_sales_opens_in_one_transaction(shop: Shop, elsewhere: httpx.AsyncClient) -> None:
    """Orders of many sales may lapse at once, and a notification holds only so much."""
    sale_id = await close(shop, elsewhere)
    sales = [UUID(sale_id), *(uuid4() for _ in range(500))]
    async with shop.world.composition.running["trade"].database.write() as tx:
        await stock.open_doors(tx, sales)
    assert await opened(elsewhere, sale_id, HEARD_WITHIN_S)
