"""What a merchant may announce, and what ends it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.databases import fingerprint
from tests.concurrency.stage import another_product
from tests.support.flash import (
    CONSOLE,
    PRICE,
    SALES,
    flash_order,
    flash_sale,
    hold,
    own_sale,
    public_sale,
    try_flash_sale,
    units,
)
from tests.support.shop import Shop, open_shop

INVALID = "platform/invalid-request"


def variant(shop: Shop, **changes: Any) -> dict[str, Any]:
    return {"sku_id": shop.sku_id, "price_fen": PRICE, "units": 1} | changes


async def test_a_sale_that_makes_no_sense_is_refused_by_name_and_nothing_stays(shop: Shop, database_url: str) -> None:
    at = shop.world.clock.now()
    before = fingerprint(database_url)
    limits: list[Any] = [0, 1000, 1.5, "1", None]
    lists: list[Any] = [[], [variant(shop), variant(shop)], [{}], None]
    amounts: list[Any] = [0, -1, 1_000_001, "1", 1.5]
    prices: list[Any] = [-1, "5000", 10**20]
    cases: list[tuple[str, dict[str, Any]]] = [
        *((INVALID, {"per_user_limit": value}) for value in limits),
        *((INVALID, {"pay_within_s": value}) for value in (299, 1801, "600")),
        *((INVALID, {"per_device": value}) for value in (0, 101)),
        *((INVALID, {"variants": value}) for value in lists),
        *((INVALID, {"variants": [variant(shop, units=value)]}) for value in amounts),
        *((INVALID, {"variants": [variant(shop, price_fen=value)]}) for value in prices),
        *(("trade/bad-flash-price", {"variants": [variant(shop, price_fen=value)]}) for value in (0, 10000, 10001)),
        ("trade/sku-not-found", {"variants": [variant(shop, sku_id=str(uuid4()))]}),
        ("trade/sku-not-found", {"product_id": str(uuid4())}),
        ("trade/allotment-too-large", {"variants": [variant(shop, units=101)]}),
        ("trade/bad-flash-times", {"ends_at": (at + timedelta(seconds=599)).isoformat()}),
        ("trade/bad-flash-times", {"starts_at": (at - timedelta(days=2)).isoformat()}),
        (INVALID, {"starts_at": "tomorrow"}),
        (INVALID, {"name": ""}),
    ]
    for expected, changes in cases:
        answer = await try_flash_sale(shop, **changes)
        assert answer.json().get("code") == expected, (changes, answer.text)
    assert fingerprint(database_url) == before


async def test_two_sales_of_a_product_do_not_overlap_and_a_campaign_may_run_beside(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 1, in_s=600, for_s=600)
    await shop.campaign([3], [8000])
    refused = await try_flash_sale(shop, 1, in_s=900)
    assert (refused.json()["code"], refused.json()["flash_sale_id"]) == ("trade/flash-overlaps", sale_id)
    assert (await shop.stock())["available"] == 99, "nothing was set aside for what was refused"
    await flash_sale(shop, 1, in_s=1200)
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    await flash_sale(shop, 1, in_s=600, for_s=600)


async def test_a_rival_sells_none_of_anothers_goods(shop: Shop) -> None:
    rival = await open_shop(shop.world)
    foreign = await try_flash_sale(rival, product_id=shop.product_id)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "trade/sku-not-found")
    foreign = await try_flash_sale(rival, variants=[variant(shop)])
    assert (foreign.status_code, foreign.json()["code"]) == (404, "trade/sku-not-found")


@pytest.mark.feature("F22")
async def test_the_zone_shows_what_runs_then_what_comes_then_what_ended_today(shop: Shop) -> None:
    others = [await another_product(shop) for _ in range(2)]
    products = dict(zip(others, await _products(shop, others), strict=True))
    ended = await flash_sale(shop, 1, for_s=600)
    shop.world.clock.advance(timedelta(seconds=700))
    await shop.world.settle()
    running = await flash_sale(shop, 2, for_s=600)
    coming = await flash_sale(
        shop,
        in_s=47 * 3600,
        product_id=products[others[0]],
        variants=[variant(shop, sku_id=others[0], price_fen=900, units=3)],
    )
    await flash_sale(
        shop,
        in_s=49 * 3600,
        product_id=products[others[1]],
        variants=[variant(shop, sku_id=others[1], price_fen=900)],
    )
    zone = (await shop.world.client.get(SALES)).json()
    assert [(slot["state"], [sale["id"] for sale in slot["sales"]]) for slot in zone["slots"]] == [
        ("running", [running]),
        ("upcoming", [coming]),
        ("ended", [ended]),
    ]
    card = zone["slots"][0]["sales"][0]
    assert (card["flash_price_fen"], card["price_fen"], card["allotted"], card["free"]) == (PRICE, 10000, 2, 2)
    assert card["product"]["merchant_name"] == {"en": "Orchard"}
    await shop.merchant.post(f"{CONSOLE}/{coming}/stop")
    states = [slot["state"] for slot in (await shop.world.client.get(SALES)).json()["slots"]]
    assert states == ["running", "ended"], "what was stopped before it began is not shown"


@pytest.mark.feature("F22")
async def test_a_slot_is_what_its_sales_are_and_a_stopped_one_does_not_head_the_zone(shop: Shop) -> None:
    others = [await another_product(shop) for _ in range(2)]
    products = dict(zip(others, await _products(shop, others), strict=True))

    async def of(sku_id: str, **slot: Any) -> str:
        variants = [variant(shop, sku_id=sku_id, price_fen=900)]
        return await flash_sale(shop, product_id=products[sku_id], variants=variants, **slot)

    async def zone() -> list[tuple[str, list[str]]]:
        slots = (await shop.world.client.get(SALES)).json()["slots"]
        return [(slot["state"], [sale["id"] for sale in slot["sales"]]) for slot in slots]

    first, second = await flash_sale(shop, 1, for_s=1200), await of(others[0], for_s=1200)
    coming = await of(others[1], in_s=600, for_s=1200)
    shop.world.clock.advance(timedelta(seconds=1))
    await shop.merchant.post(f"{CONSOLE}/{first}/stop")
    assert await zone() == [("running", [second, first]), ("upcoming", [coming])]
    await hold(await shop.shopper(1), second, sku_id=others[0])
    assert (await zone())[0] == ("running", [second, first]), "sold out: units may come back"
    shop.world.clock.advance(timedelta(seconds=1))
    await shop.merchant.post(f"{CONSOLE}/{second}/stop")
    assert await zone() == [("upcoming", [coming]), ("ended", [second, first])]
    later = await of(others[0], in_s=300, for_s=600)
    assert await zone() == [("upcoming", [later]), ("upcoming", [coming]), ("ended", [second, first])]
    shop.world.clock.advance(timedelta(seconds=1000))
    assert await zone() == [("running", [coming]), ("ended", [later]), ("ended", [second, first])]


async def test_what_was_stopped_yesterday_is_not_shown_though_its_slot_would_end_today(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 1, for_s=20 * 3600)  # from noon on, Shanghai
    shop.world.clock.advance(timedelta(hours=1))
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    assert [slot["state"] for slot in (await shop.world.client.get(SALES)).json()["slots"]] == ["ended"]
    shop.world.clock.advance(timedelta(hours=12))
    await shop.world.settle()
    assert (await shop.world.client.get(SALES)).json()["slots"] == []


@pytest.mark.feature("F22")
async def test_how_many_were_set_aside_is_told_also_when_what_was_left_went_back(shop: Shop) -> None:
    sale_id, (ann, bob, cleo) = await flash_sale(shop, 5), [await shop.shopper(number) for number in (1, 2, 3)]
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/allotments", {"sku_id": shop.sku_id, "units": 2})
    await flash_order(ann, sale_id)
    given_up = await flash_order(bob, sale_id)
    await hold(cleo, sale_id, address_id=str(uuid4()))  # no order will be made of it

    async def told() -> list[tuple[int, int, int]]:
        detail = await own_sale(shop, sale_id)
        (listed,) = (await shop.merchant.get(CONSOLE)).json()["items"]
        (of_variant,) = detail["variants"]
        return [(each["set_aside"], each["allotted"], each["sold"]) for each in (detail, listed, of_variant)]

    assert await told() == [(7, 7, 2)] * 3
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    assert await told() == [(7, 3, 2)] * 3
    await shop.world.settle()
    await bob.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")
    await shop.world.settle()
    assert await told() == [(7, 1, 1)] * 3


async def _products(shop: Shop, sku_ids: list[str]) -> list[str]:
    found = (await shop.merchant.get("/api/v1/catalog/console/products")).json()["items"]
    by_sku = {sku["id"]: product["id"] for product in found for sku in product["skus"]}
    return [by_sku[sku_id] for sku_id in sku_ids]


async def test_one_piece_alone_gets_cheaper_and_the_sale_ends(shop: Shop) -> None:
    """As for campaigns: the merchant is asked, and what it ends is said."""
    sale_id = await flash_sale(shop, 5)
    path = f"/api/v1/catalog/console/products/{shop.product_id}"
    product = (await shop.merchant.get(path)).json()
    names = ("name", "summary", "description", "category_slug", "images", "list_price_fen")
    skus = [{"id": shop.sku_id, "name": {"en": "2 pieces"}, "solo_price_fen": PRICE - 1}]
    body = {name: product[name] for name in names} | {"skus": skus, "version": product["version"]}
    refused = await shop.merchant.put(path, body)
    assert (refused.json()["code"], refused.json()["campaign_ids"]) == ("catalog/dearer-than-alone", [sale_id])
    edited = await shop.merchant.put(f"{path}?end_campaigns=true", body)
    assert edited.status_code == 200, edited.text
    await shop.world.settle()
    sale = await own_sale(shop, sale_id)
    assert (sale["status"], sale["stop_reason"]) == ("stopped", "dearer_than_alone")
    assert await units(shop, sale_id) == (0, 0, 0, 0)
    assert (await shop.stock())["available"] == 100


async def test_ending_all_of_a_product_ends_its_flash_sale_too(shop: Shop) -> None:
    sale_id, campaign = await flash_sale(shop, 5), await shop.campaign([3], [8000])
    path = f"/api/v1/trade/console/products/{shop.product_id}"
    before = (await shop.merchant.get(f"{path}/commitments")).json()
    ended = (await shop.merchant.post(f"{path}/end-groups")).json()
    assert before == ended
    assert (await public_sale(shop, sale_id))["state"] == "stopped"
    assert (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()["status"] == "stopped"
    assert (await shop.stock())["available"] == 100


async def test_campaigns_and_sales_do_not_answer_for_each_other(shop: Shop) -> None:
    sale_id, campaign = await flash_sale(shop), await shop.campaign([3], [8000])
    console = "/api/v1/trade/console"
    for path in (f"campaigns/{sale_id}", f"flash-sales/{campaign['id']}"):
        assert (await shop.merchant.get(f"{console}/{path}")).status_code == 404
        assert (await shop.merchant.post(f"{console}/{path}/stop")).status_code == 404
    assert (await public_sale(shop, sale_id))["state"] == "running"
    refused = await (await shop.shopper(1)).try_order("open", campaign_id=sale_id)
    assert refused.json()["code"] == "trade/campaign-not-found"
    refused = await (await shop.shopper(1)).try_order("flash", campaign_id=sale_id)
    assert refused.json()["code"] == "platform/invalid-request", "orders of a sale are made of holds alone"
