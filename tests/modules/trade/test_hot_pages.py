"""The product's and the group's page from kept bytes: right after every change, here and in other processes."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from chengtuan.apps.composition import Composition, outside_client
from chengtuan.platform.health import Part
from chengtuan.platform.http.hot import HotPages, Made
from chengtuan.platform.live import LiveHub
from tests.support.serving import served
from tests.support.shop import Shop
from tests.support.world import World


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with served(world.composition) as client:
        yield client


async def _open_group(shop: Shop) -> str:
    campaign = await shop.campaign([3], [8000])
    initiator = await shop.shopper(1)
    order = await initiator.open(campaign)
    await initiator.pay(order["id"])
    return str(order["group_id"])


@pytest.mark.feature("F13")
async def test_a_group_page_is_kept_and_follows_a_join_at_once(shop: Shop, client: httpx.AsyncClient) -> None:
    group_id = await _open_group(shop)
    path = f"/api/v1/trade/groups/{group_id}"
    made, kept = await client.get(path), await client.get(path)
    assert made.json() == kept.json()
    assert made.headers["etag"] == kept.headers["etag"]
    ours = set(made.headers) - {"x-now"}
    assert {name: made.headers[name] for name in ours} == {name: kept.headers[name] for name in ours}
    assert shop.world.composition.hot.find((path, b"")) is not None, "or this proves nothing"
    joiner = await shop.shopper(2)
    order = await joiner.join(group_id)
    locked = (await client.get(path)).json()
    assert (locked["locked"], locked["paid"]) == (2, 1)
    await joiner.pay(order["id"])
    paid = (await client.get(path)).json()
    assert (paid["locked"], paid["paid"]) == (2, 2)
    assert paid["version"] > locked["version"] > made.json()["version"]


async def test_a_product_page_follows_an_edit_and_its_withdrawal_at_once(shop: Shop, client: httpx.AsyncClient) -> None:
    path = f"/api/v1/catalog/products/{shop.product_id}"
    before = [(await client.get(path)).json() for _ in range(2)][1]
    wish = {name: before[name] for name in ("summary", "description", "category_slug", "images", "list_price_fen")}
    wish["version"] = (await shop.merchant.get(f"/api/v1/catalog/console/products/{shop.product_id}")).json()["version"]
    skus = [{name: sku[name] for name in ("id", "name", "solo_price_fen")} for sku in before["skus"]]
    own = f"/api/v1/catalog/console/products/{shop.product_id}"
    answer = await shop.merchant.put(own, wish | {"name": {"en": "Honey pomelo"}, "skus": skus})
    assert answer.status_code == 200, answer.text
    assert (await client.get(path)).json()["name"] == {"en": "Honey pomelo"}
    assert (await shop.merchant.post(f"{own}/unpublish")).status_code == 200
    gone = [(await client.get(path)).json()["published"] for _ in range(2)]
    assert gone == [False, False]
    assert (await shop.merchant.post(f"{own}/publish")).status_code == 200
    assert (await client.get(path)).json()["published"] is True


async def test_only_the_plain_get_is_answered_from_what_is_kept(shop: Shop, client: httpx.AsyncClient) -> None:
    path = f"/api/v1/catalog/products/{shop.product_id}"
    assert (await client.get(path)).status_code == 200
    assert (await client.get(path, params={"x": "1"})).status_code == 200
    head = await client.head(path)
    assert head.status_code == 405
    assert head.headers["content-type"] == "application/problem+json"
    assert (await client.get(path, headers={"accept-encoding": "identity"})).json()["id"] == shop.product_id


async def test_another_process_drops_the_page_when_it_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two compositions over one database; pages live for a minute, so only the notification can drop one."""
    world = shop.world
    other = Composition(
        environ=world.environ,
        clock=world.clock,
        modules=[manifest.name for manifest in Composition.manifests],
        outside=outside_client(),
    )
    monkeypatch.setattr(other.hot, "_max_age_s", 60.0)
    group_id = await _open_group(shop)
    path = f"/api/v1/trade/groups/{group_id}"
    async with other.open(), served(other) as client:
        hubs = (world.composition.live, other.live)
        exchange = [asyncio.create_task(work(Part("news"))) for hub in hubs for work in (hub.send, hub.receive)]
        try:
            await asyncio.sleep(0.3)
            assert (await client.get(path)).json()["locked"] == 1
            joiner = await shop.shopper(2)
            await joiner.join(group_id)
            await _until_locked(client, path, 2)
        finally:
            for task in exchange:
                task.cancel()
            await asyncio.gather(*exchange, return_exceptions=True)


async def test_without_the_notification_the_other_process_stays_behind(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody exchanges notifications, and the page stays until its age ends it."""
    world = shop.world
    monkeypatch.setattr(world.composition, "hot", HotPages(world.clock, LiveHub(""), max_age_s=60.0))
    group_id = await _open_group(shop)
    path = f"/api/v1/trade/groups/{group_id}"
    page = (await world.client.get(path)).content

    async def make() -> Made:
        return Made(page)

    await world.composition.hot.page(path, [f"group:{group_id}"], make)
    joiner = await shop.shopper(2)
    await joiner.join(group_id)
    async with served(world.composition) as client:
        assert (await client.get(path)).json()["locked"] == 1


async def _until_locked(client: httpx.AsyncClient, path: str, count: int) -> None:
    """Far sooner than the page would end by its age."""
    async with asyncio.timeout(30):
        while (await client.get(path)).json()["locked"] != count:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("path", ["/api/v1/trade/products/{}/offer", "/api/v1/catalog/products/{}"])
async def test_what_nobody_ever_made_is_looked_for_once(client: httpx.AsyncClient, world: World, path: str) -> None:
    path = path.format(uuid4())
    first = await client.get(path)
    again = await client.get(path)
    assert world.composition.hot.find((path, b"")) is not None
    assert (first.status_code, first.json().get("code")) == (again.status_code, again.json().get("code"))
