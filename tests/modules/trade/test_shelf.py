"""The shelf and offers, as everybody sees them."""

from datetime import timedelta
from typing import Any

import pytest

from chengtuan.modules.trade.shelf.rows import browse
from tests.modules.trade.test_groups import fill
from tests.modules.trade.variants import PRODUCTS, document, edit
from tests.support.shop import Buyer, Shop


async def shelf(shop: Shop, **params: Any) -> list[dict[str, Any]]:
    answer = await shop.world.client.get("/api/v1/trade/listings", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("sort", ["popular", "discount", "forming", "price", "newest"])
@pytest.mark.feature("F1")
async def test_every_order_of_the_shelf_shows_the_product_with_its_campaign(shop: Shop, sort: str) -> None:
    await shop.campaign([3, 5], [9000, 8000])
    (card,) = await shelf(shop, sort=sort)
    assert card["campaign"]["tiers"] == [{"people": 3, "price_fen": 9000}, {"people": 5, "price_fen": 8000}]
    assert (card["solo_price_fen"], card["sold"], card["sold_out"], card["nearest_group"]) == (10000, 0, False, None)


@pytest.mark.feature("F1", "F7")
async def test_the_nearest_group_and_the_units_sold_are_real(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000])
    group_id, _ = await fill(shop, campaign, 2)
    (card,) = await shelf(shop)
    assert (card["nearest_group"]["id"], card["nearest_group"]["missing"], card["sold"]) == (group_id, 1, 0)
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert [(group["id"], group["paid"], group["missing"]) for group in offer["groups"]] == [(group_id, 2, 1)]
    last = await shop.shopper(9)
    order = await last.join(group_id)
    await last.pay(order["id"])
    (card,) = await shelf(shop)
    assert (card["nearest_group"], card["sold"]) == (None, 3)


async def name_it(shop: Shop, **name: str) -> None:
    await edit(shop, await document(shop) | {"name": name})


@pytest.mark.parametrize("query", ["en", "zh", "-", '"', ":", "{", ",", "Hant", "%", "_", "\\", "pomelo柚"])
async def test_searching_looks_at_names_and_never_at_how_they_are_kept(shop: Shop, query: str) -> None:
    await name_it(shop, **{"zh-Hant": "蜜柚", "zh-Hans": "蜜柚", "en": "Pomolo"})
    assert await shelf(shop, q=query) == []
    assert (await shop.merchant.get(PRODUCTS, q=query)).json()["items"] == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("蘋果", "苹果"),
        ("苹果", "蘋果"),
        ("蘋果", "果"),
        ('12" pizza', '12"'),
        ("C:\\ drive", "C:\\"),
        ("ＬＥＤ 燈", "led 灯"),
        ("紅蘋果禮盒", "礼盒 蘋果"),
        ("100% juice", "100%"),
        ("a_b", "a_b"),
    ],
)
async def test_searching_finds_what_is_written(shop: Shop, name: str, query: str) -> None:
    await name_it(shop, en=name)
    assert len(await shelf(shop, q=query)) == 1
    assert len((await shop.merchant.get(PRODUCTS, q=query)).json()["items"]) == 1
    assert await shelf(shop, q=query + " elsewhere") == []


@pytest.mark.parametrize("query", ["miyou", "my", "MiYou", "you", "jin", "miyou pomelo", "柚"])
async def test_searching_finds_what_is_typed_by_its_sounds(shop: Shop, query: str) -> None:
    await name_it(shop, **{"zh-Hant": "蜜柚 5斤", "en": "Pomelo"})
    assert len(await shelf(shop, q=query)) == 1
    assert await shelf(shop, q=query + " youmi") == []


async def test_a_search_finds_also_what_stands_far_behind(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "_AT_THE_FRONT", 0)
    for query in ("蜜柚", "miyou", "pomelo", "柚 orchard"):
        assert len(await shelf(shop, q=query)) == 1, query


async def test_searching_finds_the_merchant_and_stays_in_its_category(shop: Shop) -> None:
    assert len(await shelf(shop, q="orchard")) == 1
    assert len(await shelf(shop, q="orchard pomelo")) == 1
    assert await shelf(shop, category="bakery") == []


async def test_no_page_repeats_or_misses_a_product_while_the_order_moves(shop: Shop) -> None:
    """Ten products by sales; after each page one that was not seen yet sells most, and one that was seen too."""
    first = await document(shop)
    for number in range(9):
        body = first | {"name": {"en": f"no. {number}"}, "skus": [first["skus"][0] | {"id": None}]}
        product = (await shop.merchant.post(PRODUCTS, body)).json()
        await shop.merchant.post(f"{PRODUCTS}/{product['id']}/publish")
    await shop.world.settle()
    seen: list[str] = []
    cursor: str | None = None
    async with shop.world.composition.running["trade"].database.read() as db:
        (every,) = zip(*await db.fetch_tuples("select product_id from listing order by product_id"), strict=True)
    for _ in range(len(every) + 1):
        query: dict[str, str | int] = {"limit": 3, "sort": "popular"}
        if cursor:
            query["cursor"] = cursor
        page = (await shop.world.client.get("/api/v1/trade/listings", params=query)).json()
        seen += [card["product_id"] for card in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        unseen = [str(product) for product in every if str(product) not in seen]
        async with shop.world.composition.running["trade"].database.write() as tx:
            await tx.execute(
                "update listing set sold = sold + 1000 where product_id = any(%s::uuid[])", ([unseen[-1], seen[-1]],)
            )
        await shop.world.settle()
    assert sorted(seen) == sorted(str(product) for product in every)


async def test_groups_to_join_are_paged_by_their_deadlines_whatever_activity_they_are_of(shop: Shop) -> None:
    ends = shop.world.clock.now() + timedelta(minutes=5)
    first = await shop.campaign([2], [8000], group_duration_s=7200, ends_at=ends.isoformat(), hard_end=False)
    buyers = [await shop.shopper(number) for number in range(1, 7)]
    opened = []

    async def opens(campaign: dict[str, Any], buyer: Buyer) -> None:
        shop.world.clock.advance(timedelta(minutes=1))
        order = await buyer.open(campaign)
        await buyer.pay(order["id"])
        opened.append(order["group_id"])

    for buyer in buyers[:3]:
        await opens(first, buyer)
    shop.world.clock.advance(timedelta(minutes=3))  # its groups go on
    second = await shop.campaign([2], [8000], group_duration_s=3600)
    for buyer in buyers[3:5]:
        await opens(second, buyer)
    held = await buyers[5].join(opened[1])  # its last seat waits for its payment
    path = f"/api/v1/trade/products/{shop.product_id}/groups"

    async def listed() -> list[str]:
        shop.world.clock.advance(timedelta(seconds=2))
        found: list[str] = []
        asked: dict[str, Any] = {"limit": 1}
        while True:
            page = (await shop.world.client.get(path, params=asked)).json()
            found += [group["id"] for group in page["items"]]
            if not page["next_cursor"]:
                return found
            asked["cursor"] = page["next_cursor"]

    assert await listed() == [opened[3], opened[4], opened[0], opened[2]]
    await buyers[5].person.post(f"/api/v1/trade/orders/{held['id']}/cancel")
    assert await listed() == [opened[3], opened[4], *opened[:3]]
    shop.world.clock.advance(timedelta(hours=1))  # two are over, whoever closes them
    assert await listed() == opened[:3]


async def test_a_cursor_of_nobody_is_refused(shop: Shop) -> None:
    answer = await shop.world.client.get("/api/v1/trade/listings", params={"limit": 1})
    assert answer.json()["next_cursor"] is None
    refused = await shop.world.client.get("/api/v1/trade/listings", params={"cursor": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (422, "platform/bad-cursor")


async def test_what_is_sold_out_says_so(shop: Shop) -> None:
    await shop.set_stock(0)
    (card,) = await shelf(shop)
    assert card["sold_out"] is True
