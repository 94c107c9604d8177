"""A group never costs more than one piece alone: an edit of the price is refused, or ends the campaign knowingly."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from chengtuan.modules.catalog.prices import rows as price_floors
from tests.modules.trade.test_groups import fill, group_page
from tests.modules.trade.variants import document, try_edit
from tests.support.shop import PASSWORD, Shop


async def price_alone(shop: Shop, fen: int, **query: Any) -> Any:
    body = await document(shop)
    return await try_edit(shop, body | {"skus": [body["skus"][0] | {"solo_price_fen": fen}]}, **query)


async def test_one_piece_alone_cannot_become_cheaper_than_in_a_running_group(shop: Shop) -> None:
    campaign = await shop.campaign([3, 5], [1590, 1390])
    refused = await price_alone(shop, 100)
    assert (refused.status_code, refused.json()["code"]) == (409, "catalog/dearer-than-alone")
    members = {name: refused.json()[name] for name in ("sku_id", "solo_price_fen", "group_price_fen", "campaign_ids")}
    assert members == {
        "sku_id": shop.sku_id,
        "solo_price_fen": 100,
        "group_price_fen": 1590,
        "campaign_ids": [campaign["id"]],
    }
    assert (await document(shop))["skus"][0]["solo_price_fen"] == 10000
    assert (await price_alone(shop, 1590)).status_code == 200
    await shop.world.settle()
    row = (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()
    assert row["status"] == "running", "as dear is not dearer"


async def test_who_is_asked_may_end_the_campaign_and_everybody_is_refunded(shop: Shop) -> None:
    campaign = await shop.campaign([3], [1590])
    group_id, [(buyer, order_id)] = await fill(shop, campaign, 1)
    assert (await price_alone(shop, 100, end_campaigns="true")).status_code == 200
    for _ in range(3):
        await shop.world.settle()
    row = (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()
    assert (row["status"], row["stop_reason"]) == ("stopped", "dearer_than_alone")
    assert (await group_page(shop, group_id))["fail_reason"] == "campaign_stopped"
    assert (await buyer.see(order_id))["status"] == "refunded"
    assert (await shop.campaign([3], [90]))["stop_reason"] is None


@pytest.mark.parametrize("over", ["stopped", "ended"])
async def test_a_campaign_that_is_over_binds_no_price(shop: Shop, over: str) -> None:
    campaign = await shop.campaign([3], [1590])
    if over == "stopped":
        await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
        await shop.world.settle()
    else:
        shop.world.clock.advance(timedelta(days=31))
        shop.merchant = await shop.world.staff(f"owner-{shop.merchant_id.hex[-8:]}", PASSWORD)
    assert (await price_alone(shop, 100)).status_code == 200


async def test_a_price_is_bound_as_long_as_a_group_can_be_open(shop: Shop) -> None:
    """With a soft end groups go on after the campaign: it binds until the last of them is over."""
    ends_at = shop.world.clock.now() + timedelta(minutes=30)
    await shop.campaign([3], [1590], ends_at=ends_at.isoformat(), hard_end=False, group_duration_s=3600)
    shop.world.clock.advance(timedelta(minutes=89))
    assert (await price_alone(shop, 100)).json()["code"] == "catalog/dearer-than-alone"
    shop.world.clock.advance(timedelta(minutes=1))
    assert (await price_alone(shop, 100)).status_code == 200


@pytest.mark.parametrize("paid", [True, False], ids=["open", "draft"])
async def test_a_campaign_that_is_over_but_for_a_group_ends_as_well(shop: Shop, paid: bool) -> None:
    ends_at = shop.world.clock.now() + timedelta(minutes=30)
    campaign = await shop.campaign([3], [1590], ends_at=ends_at.isoformat(), hard_end=False, group_duration_s=3600)
    shop.world.clock.advance(timedelta(minutes=29))
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    if paid:
        await buyer.pay(order["id"])
    shop.world.clock.advance(timedelta(minutes=2))
    assert (await price_alone(shop, 100, end_campaigns="true")).status_code == 200
    await shop.world.settle()
    row = (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()
    assert row["stop_reason"] == "dearer_than_alone"


async def test_a_campaign_that_was_refused_binds_no_price(shop: Shop) -> None:
    await shop.campaign([3], [100])
    assert (await shop.try_campaign([3], [9000])).json()["code"] == "trade/campaign-overlaps"
    assert (await price_alone(shop, 5000)).status_code == 200


async def race(shop: Shop) -> tuple[int, int]:
    """A price edit beside a campaign's publication: (price alone, price in the group) as they stand afterwards."""
    edited, published = await asyncio.gather(price_alone(shop, 100), shop.try_campaign([3], [1590]))
    await shop.world.settle()
    assert {edited.status_code, published.status_code} != {200, 201}, "both got through"
    return edited.status_code, published.status_code


async def test_a_price_edit_beside_a_publication_lets_one_of_them_through(shop: Shop) -> None:
    for _ in range(3):
        edited, published = await race(shop)
        assert sorted((edited == 200, published == 201)) == [False, True]
        if edited == 200:
            assert (await price_alone(shop, 10000)).status_code == 200
        else:
            rows = (await shop.merchant.get("/api/v1/trade/console/campaigns")).json()["items"]
            await shop.merchant.post(f"/api/v1/trade/console/campaigns/{rows[0]['id']}/stop")
        await shop.world.settle()


async def test_without_the_kept_prices_the_edit_goes_through_and_the_campaign_ends_by_itself(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; and the last line: trade never goes on selling dearer in a group."""

    async def keep_nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(price_floors, "keep", keep_nothing)
    campaign = await shop.campaign([3], [1590])
    assert (await price_alone(shop, 100)).status_code == 200
    await shop.world.settle()
    row = (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()
    assert row["stop_reason"] == "dearer_than_alone"


async def test_without_the_lock_an_edit_and_a_publication_pass_each_other(
    shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: reading the prices without the product's lock, both see the world before the other."""
    seen, go_on = asyncio.Event(), asyncio.Event()

    async def unlocked(tx: Any, product_id: Any, merchant_id: Any) -> Any:
        rows = await tx.fetch_all(
            price_floors.SoloPrice,
            "select id as sku_id, solo_price_fen from sku where product_id = %s",
            (product_id,),
        )
        seen.set()
        await go_on.wait()
        return rows

    monkeypatch.setattr(price_floors, "lock_solo_prices", unlocked)
    publishing = asyncio.create_task(shop.try_campaign([3], [1590]))
    await seen.wait()
    assert (await price_alone(shop, 100)).status_code == 200
    go_on.set()
    assert (await publishing).status_code == 201
    with psycopg.connect(database_url) as connection:
        floor, alone = connection.execute(  # type: ignore[misc]
            "select f.group_price_fen, s.solo_price_fen from catalog.price_floor f"
            " join catalog.sku s on s.id = f.sku_id"
        ).fetchone()
    assert alone < floor, "dearer than alone, and nobody was asked"
