"""Home, category, search, a shop's goods, product, offer, groups, group and flash sales: right after every write."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.modules.trade.flash.http import routes as flash_routes
from chengtuan.modules.trade.shelf.http import routes
from chengtuan.platform.database import WriteSession
from tests.concurrency.stage import another_product
from tests.modules.trade.test_freight import ELSEWHERE, TEMPLATES, TERMS, sent_by
from tests.modules.trade.variants import document
from tests.modules.trade.variants import edit as edit_product
from tests.support.flash import CONSOLE, SALES, flash_order, flash_sale
from tests.support.serving import served
from tests.support.shop import Shop
from tests.support.world import World

Touch = Callable[..., None]


@pytest.fixture
async def client(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(routes, "REST_S", 0.0)
    monkeypatch.setattr(flash_routes, "REST_S", 0.0)
    monkeypatch.setattr(world.composition.hot, "_max_age_s", 60.0)
    async with served(world.composition) as client:
        yield client


class Pages:
    """What visitors are shown, beside what the database says: which pages were behind after each write."""

    def __init__(self, shop: Shop, client: httpx.AsyncClient) -> None:
        listings, product = "/api/v1/trade/listings", f"/api/v1/trade/products/{shop.product_id}"
        self.addresses = {
            "home": f"{listings}?sort=popular&limit=20",
            "category": f"{listings}?category=fresh&sort=newest&limit=20",
            "search": f"{listings}?q=pomelo&limit=20",
            "shop's goods": f"{listings}?merchant_id={shop.merchant_id}",
            "product": f"/api/v1/catalog/products/{shop.product_id}",
            "offer": f"{product}/offer",
            "groups": f"{product}/groups",
            "flash sales": SALES,
        }
        self.behind: dict[str, set[str]] = {}
        self.moved: dict[str, set[str]] = {}
        self._client = client
        self._hot = shop.world.composition.hot
        self._shown: dict[str, Any] = {}

    def follow_group(self, group_id: str) -> None:
        self.addresses |= {
            "group": f"/api/v1/trade/groups/{group_id}",
            "group's offer": f"/api/v1/trade/groups/{group_id}/offer",
        }
        self._shown.pop("group", None)
        self._shown.pop("group's offer", None)

    def follow_sale(self, sale_id: str) -> None:
        self.addresses["flash sale"] = f"{SALES}/{sale_id}"
        self._shown.pop("flash sale", None)

    async def look(self, what: str) -> None:
        """After `what` was done."""
        self.behind[what], self.moved[what] = set(), set()
        for name, address in self.addresses.items():
            kept = await self._get(address)
            path, _, query = address.partition("?")
            assert self._hot.find((path, query.encode())) is not None, f"{name} is not kept, so this proves nothing"
            self._hot._forget((path, query.encode()))
            fresh = await self._get(address)
            if kept != fresh:
                self.behind[what].add(name)
            if name in self._shown and self._shown[name] != fresh:
                self.moved[what].add(name)
            self._shown[name] = fresh

    async def _get(self, address: str) -> Any:
        answer = await self._client.get(address)
        return {name: value for name, value in answer.json().items() if name not in ("now", "request_id")}


async def everything_that_is_written(shop: Shop, pages: Pages) -> None:
    look = pages.look
    await look("at first")
    campaign = await shop.campaign([3], [8000])
    await look("a campaign was published")
    initiator, joiner, other, third, fourth = [await shop.shopper(number) for number in range(1, 6)]
    order = await initiator.open(campaign)
    pages.follow_group(order["group_id"])
    await look("units were reserved")
    await initiator.pay(order["id"])
    await look("a group opened")
    joined = await joiner.join(order["group_id"])
    await look("somebody took a seat")
    await joiner.pay(joined["id"])
    await look("somebody paid for a seat")
    held = await other.join(order["group_id"])
    await look("all seats are taken")
    await other.person.post(f"/api/v1/trade/orders/{held['id']}/cancel")
    await look("a seat is free again")
    last = await third.join(order["group_id"])
    await third.pay(last["id"])
    await look("the group formed")
    alone = await other.order("solo")
    await other.pay(alone["id"])
    await look("a unit was sold alone")
    await shop.set_stock(1 + (await shop.stock())["reserved"])
    await look("the stock was counted")
    unpaid = await other.order("solo")
    await look("the last unit went")
    await other.person.post(f"/api/v1/trade/orders/{unpaid['id']}/cancel")
    await look("a unit came back")
    await shop.move(30)
    await look("goods came in")
    again = await fourth.open(campaign)
    await fourth.pay(again["id"])
    pages.follow_group(again["group_id"])
    await look("another group opened")
    answer = await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    assert answer.is_success, answer.text
    await look("the campaign was stopped")
    await shop.world.settle()
    await look("its group failed")
    await _cap(shop, pages)
    await _flash_sale(shop, pages)
    await _catalog(shop, pages)


async def _cap(shop: Shop, pages: Pages) -> None:
    campaign = await shop.campaign([2], [7000], stock_cap=1)
    await pages.look("a campaign with a cap was published")
    buyer = await shop.shopper(6)
    order = await buyer.open(campaign)
    await pages.look("its cap was spent")
    await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await pages.look("its cap is free again")


async def _flash_sale(shop: Shop, pages: Pages) -> None:
    sale_id = await flash_sale(shop, 3)
    pages.follow_sale(sale_id)
    await pages.look("a flash sale was announced")
    buyer = await shop.shopper(7)
    order = await flash_order(buyer, sale_id, quantity=1)
    await pages.look("a unit of it is held")
    await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await shop.world.settle()
    await pages.look("it is offered on")
    more = {"sku_id": shop.sku_id, "units": 2}
    assert (await shop.merchant.post(f"{CONSOLE}/{sale_id}/allotments", more, key=uuid4())).is_success
    await pages.look("more is set aside for it")
    other = await flash_sale(shop, 2, in_s=7200)
    pages.follow_sale(other)
    await pages.look("another one was announced")
    assert (await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")).is_success
    await pages.look("the flash sale was stopped")


async def _catalog(shop: Shop, pages: Pages) -> None:
    async def edit(**changes: Any) -> None:
        await edit_product(shop, {**await document(shop), **changes})

    own = f"/api/v1/catalog/console/products/{shop.product_id}"
    await edit(name={"en": "Honey pomelo"})
    await pages.look("its name changed")
    skus = (await document(shop))["skus"]
    await edit(skus=[sku | {"solo_price_fen": 12000} for sku in skus])
    await pages.look("its price changed")
    made = await sent_by(shop)
    await pages.look("freight is asked for")
    terms = {key: TERMS[key] for key in ("name", "undelivered")} | {"zones": [ELSEWHERE], "version": 1}
    assert (await shop.merchant.put(f"{TEMPLATES}/{made['id']}", terms)).status_code == 200
    await pages.look("freight changed")
    await another_product(shop)
    await shop.world.settle()
    await pages.look("another product was published")
    for step, what in (("unpublish", "it left the shelf"), ("publish", "it is back")):
        assert (await shop.merchant.post(f"{own}/{step}")).is_success
        await shop.world.settle()
        await pages.look(what)


@pytest.mark.feature("F13", "F47")
async def test_every_page_of_the_shelf_follows_every_write(shop: Shop, client: httpx.AsyncClient) -> None:
    pages = Pages(shop, client)
    await everything_that_is_written(shop, pages)
    assert {what: behind for what, behind in pages.behind.items() if behind} == {}
    still = [what for what, moved in pages.moved.items() if not moved]
    assert still == ["at first"], "these writes change no page, and prove nothing"


async def test_without_topics_the_shelf_stays_behind(
    shop: Shop, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody tells what a transaction touched, and each page is what it was before the write."""
    monkeypatch.setattr(WriteSession, "touch", lambda *_: None)
    pages = Pages(shop, client)
    await everything_that_is_written(shop, pages)
    for what, moved in pages.moved.items():
        assert moved - {"product"} <= pages.behind[what], what
