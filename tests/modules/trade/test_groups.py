"""Groups from the first order to their end, through the API, with real payments (rules 1, 2, 4, 6)."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.shop import Buyer, Shop


async def fill(shop: Shop, campaign: dict[str, Any], count: int) -> tuple[str, list[tuple[Buyer, str]]]:
    """A group with `count` paid members: its id, and (buyer, order id) of each."""
    buyers = [await shop.shopper(number) for number in range(1, count + 1)]
    first = await buyers[0].open(campaign)
    await buyers[0].pay(first["id"])
    members = [(buyers[0], first["id"])]
    for buyer in buyers[1:]:
        order = await buyer.join(first["group_id"])
        await buyer.pay(order["id"])
        members.append((buyer, order["id"]))
    return first["group_id"], members


async def group_page(shop: Shop, group_id: str) -> dict[str, Any]:
    answer = await shop.world.client.get(f"/api/v1/trade/groups/{group_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def row_of(shop: Shop, group_id: str) -> tuple[Any, ...]:
    """Status, why it failed and whose it is: also of a group that nobody is shown."""
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        found = connection.execute(
            "select status, fail_reason, initiator_id from trade.buy_group where id = %s", (group_id,)
        ).fetchone()
    assert found is not None
    return found


@pytest.mark.feature("F7")
async def test_a_group_is_invisible_until_its_initiator_has_paid(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000])
    buyer, friend = await shop.shopper(1), await shop.shopper(2)
    order = await buyer.open(campaign)
    assert order["status"] == "pending_payment"
    assert order["payable_fen"] == 8000
    path = f"/api/v1/trade/groups/{order['group_id']}"
    assert (await shop.world.client.get(path)).status_code == 404
    refused = await friend.try_order("join", group_id=order["group_id"])
    assert refused.json()["code"] == "trade/group-not-found"

    await buyer.pay(order["id"])

    page = await group_page(shop, order["group_id"])
    assert (page["status"], page["paid"], page["missing"]) == ("open", 1, 1)
    assert (await buyer.see(order["id"]))["status"] == "grouping"


@pytest.mark.feature("F10")
async def test_five_people_form_a_group(shop: Shop) -> None:
    campaign = await shop.campaign([5], [7000])
    group_id, members = await fill(shop, campaign, 5)
    page = await group_page(shop, group_id)
    assert (page["status"], page["paid"], page["missing"], page["final_tier"]) == ("succeeded", 5, 0, 0)
    assert [member["is_initiator"] for member in page["members"]] == [True, False, False, False, False]
    for buyer, order_id in members:
        assert (await buyer.see(order_id))["status"] == "to_ship"
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 100, "available": 95, "reserved": 5}
    sixth = await shop.shopper(6)
    assert (await sixth.try_order("join", group_id=group_id)).json()["code"] == "trade/group-full"


async def test_a_group_one_short_returns_everything_by_itself(shop: Shop) -> None:
    campaign = await shop.campaign([3], [7000])
    group_id, members = await fill(shop, campaign, 2)
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    page = await group_page(shop, group_id)
    assert (page["status"], page["fail_reason"], page["final_tier"]) == ("failed", "expired", None)
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    for buyer, order_id in members:
        order = await buyer.see(order_id)
        assert (order["status"], order["paid_fen"], order["refunded_fen"]) == ("refunded", 7000, 7000)
        assert [(r["reason"], r["status"], r["amount_fen"]) for r in order["refunds"]] == [
            ("group_failed", "succeeded", 7000)
        ]
        assert order["refunds"][0]["succeeded_at"] is not None
    assert (await shop.stock())["available"] == 100
    assert [member["refunded"] for member in (await group_page(shop, group_id))["members"]] == [True, True]


@pytest.mark.feature("F11")
async def test_a_ladder_of_five_gives_everybody_the_difference(shop: Shop) -> None:
    campaign = await shop.campaign([3, 5], [9000, 8000])
    group_id, members = await fill(shop, campaign, 5)
    page = await group_page(shop, group_id)
    assert (page["status"], page["final_tier"], page["current_tier"], page["next_tier"]) == ("succeeded", 1, 1, None)
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    for buyer, order_id in members:
        order = await buyer.see(order_id)
        assert (order["status"], order["paid_fen"], order["refunded_fen"]) == ("to_ship", 9000, 1000)
        assert [(r["reason"], r["status"]) for r in order["refunds"]] == [("ladder_difference", "succeeded")]


async def test_a_ladder_of_four_closes_at_the_first_tier_without_difference(shop: Shop) -> None:
    campaign = await shop.campaign([3, 5], [9000, 8000])
    group_id, members = await fill(shop, campaign, 4)
    assert (await group_page(shop, group_id))["status"] == "open"
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    page = await group_page(shop, group_id)
    assert (page["status"], page["final_tier"]) == ("succeeded", 0)
    order = await members[0][0].see(members[0][1])
    assert (order["status"], order["refunds"]) == ("to_ship", [])


async def test_a_ladder_of_two_fails_and_returns_everything(shop: Shop) -> None:
    campaign = await shop.campaign([3, 5], [9000, 8000])
    group_id, members = await fill(shop, campaign, 2)
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    assert (await group_page(shop, group_id))["status"] == "failed"
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    assert (await members[0][0].see(members[0][1]))["refunded_fen"] == 9000


async def test_money_that_arrives_after_the_timeout_goes_back_by_itself(shop: Shop) -> None:
    """Who is still typing the password when the group ends is waited for a minute (rule 3)."""
    campaign = await shop.campaign([2], [8000], group_duration_s=600)
    group_id, _ = await fill(shop, campaign, 1)
    late = await shop.shopper(2)
    order = await late.join(group_id)
    hand_over = await late.hand_over(order["id"])
    await shop.world.partner.post("/control/faults", json={"kind": "pay_late", "seconds": 900})
    assert await late.pay_at(hand_over) == "pending"
    told = []
    for minutes in (10, 2, 5):
        shop.world.clock.advance(timedelta(minutes=minutes))
        await shop.world.settle()
        seen = await late.see(order["id"])
        told.append((seen["status"], seen["paid_fen"], seen["refunded_fen"]))
    shop.world.clock.advance(timedelta(minutes=2))  # what goes back takes the provider a moment
    await shop.world.settle()
    seen = await late.see(order["id"])
    assert told[:2] == [("pending_payment", 0, 0), ("cancelled", 0, 0)]
    assert (told[2][:2], seen["refunded_fen"]) == (("cancelled", 8000), 8000)
    assert (await group_page(shop, group_id))["locked"] == 1


async def test_an_unpaid_order_gives_everything_back_at_its_timeout(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000], stock_cap=1)
    buyer, other = await shop.shopper(1), await shop.shopper(2)
    order = await buyer.open(campaign)
    assert (await other.try_order("open", campaign_id=campaign["id"])).json()["code"] == "trade/sold-out"
    over = datetime.fromisoformat(order["pay_before"])
    for at, expected in ((over - timedelta(seconds=1), ("pending_payment", None)), (over, ("cancelled", "timeout"))):
        shop.world.clock.move_to(at)
        await shop.world.settle()
        seen = await buyer.see(order["id"])
        assert (seen["status"], seen["cancel_reason"]) == expected
    assert (await shop.stock())["available"] == 100
    assert row_of(shop, order["group_id"])[:2] == ("failed", "cancelled")
    assert (await other.open(campaign))["status"] == "pending_payment"


async def test_what_was_given_up_counts_against_no_limit(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000], per_user_limit=1)
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    refused = await buyer.try_order("open", campaign_id=campaign["id"])
    assert refused.json()["code"] == "trade/purchase-limit"
    await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    assert (await buyer.open(campaign))["status"] == "pending_payment"


async def test_leaving_passes_the_initiative_on_and_keeps_the_deadline(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, members = await fill(shop, campaign, 2)
    before = await group_page(shop, group_id)
    left = await members[0][0].person.post(f"/api/v1/trade/orders/{members[0][1]}/cancel")
    assert left.json()["status"] == "refunding"
    page = await group_page(shop, group_id)
    assert (page["status"], page["paid"], page["locked"]) == ("open", 1, 1)
    assert page["deadline"] == before["deadline"]
    assert [member["is_initiator"] for member in page["members"]] == [True]
    await members[1][0].person.post(f"/api/v1/trade/orders/{members[1][1]}/cancel")
    page = await group_page(shop, group_id)
    assert (page["status"], page["fail_reason"]) == ("failed", "cancelled")
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    for buyer, order_id in members:
        assert (await buyer.see(order_id))["status"] == "refunded"
    assert (await shop.stock())["available"] == 100


async def test_the_initiative_goes_to_whoever_paid_first(shop: Shop) -> None:
    campaign = await shop.campaign([4], [8000])
    group_id, members = await fill(shop, campaign, 2)
    shop.world.clock.advance(timedelta(seconds=5))
    late = await shop.shopper(3)
    await late.pay((await late.join(group_id))["id"])
    await members[0][0].person.post(f"/api/v1/trade/orders/{members[0][1]}/cancel")
    assert row_of(shop, group_id)[2] == members[1][0].person.id


async def test_stopping_a_campaign_fails_its_groups_and_returns_the_money(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, members = await fill(shop, campaign, 2)
    unpaid = await shop.shopper(3)
    held = await unpaid.join(group_id)
    stopped = await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    assert stopped.json()["status"] == "stopped"
    await shop.world.settle()
    assert (await group_page(shop, group_id))["fail_reason"] == "campaign_stopped"
    given_up = await unpaid.see(held["id"])
    assert (given_up["status"], given_up["cancel_reason"]) == ("cancelled", "group_ended"), "at once"
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    assert (await members[0][0].see(members[0][1]))["refunded_fen"] == 8000


async def test_a_solo_order_is_ready_as_soon_as_it_is_paid(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", quantity=2)
    assert (order["payable_fen"], order["group"]) == (20000, None)
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
