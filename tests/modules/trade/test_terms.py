"""What a campaign's terms do to a group's life: overflow, newcomers, the initiator's perk, a soft end (rules 1, 6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.modules.trade.test_groups import fill, group_page
from tests.support.shop import Buyer, Shop, open_shop

SECONDS_BETWEEN_REFUNDS = timedelta(seconds=70)


async def let_refunds_arrive(shop: Shop) -> None:
    for _ in range(3):
        shop.world.clock.advance(SECONDS_BETWEEN_REFUNDS)
        await shop.world.settle()


def money_back(order: dict[str, Any]) -> dict[str, int]:
    assert all(refund["status"] == "succeeded" for refund in order["refunds"]), order["refunds"]
    return {refund["reason"]: refund["amount_fen"] for refund in order["refunds"]}


async def join_and_pay(buyer: Buyer, group_id: str) -> str:
    order = await buyer.join(group_id)
    await buyer.pay(order["id"])
    return str(order["id"])


@pytest.mark.feature("X9")
async def test_with_overflow_more_than_the_top_tier_join_until_the_deadline(shop: Shop) -> None:
    campaign = await shop.campaign([2, 3], [9000, 8000], overflow=True)
    group_id, members = await fill(shop, campaign, 3)
    page = await group_page(shop, group_id)
    assert (page["status"], page["size"], page["missing"], page["next_tier"]) == ("open", 3, 0, None)
    assert (page["overflow"], page["seats"] > page["size"]) == (True, True)
    fourth = await shop.shopper(4)
    members.append((fourth, await join_and_pay(fourth, group_id)))

    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()

    page = await group_page(shop, group_id)
    assert (page["status"], page["paid"], page["final_tier"], page["size"]) == ("succeeded", 4, 1, 3)
    await let_refunds_arrive(shop)
    for buyer, order_id in members:
        order = await buyer.see(order_id)
        assert (order["status"], money_back(order)) == ("to_ship", {"ladder_difference": 1000})


async def test_overflow_ends_where_the_campaigns_stock_ends(shop: Shop) -> None:
    campaign = await shop.campaign([2, 3], [9000, 8000], overflow=True, stock_cap=4)
    group_id, _ = await fill(shop, campaign, 4)
    fifth = await shop.shopper(5)
    refused = await fifth.try_order("join", group_id=group_id)
    assert (refused.json()["code"], refused.json()["available"]) == ("trade/sold-out", 0)


async def test_without_overflow_the_top_tier_ends_the_group(shop: Shop) -> None:
    campaign = await shop.campaign([2, 3], [9000, 8000])
    group_id, _ = await fill(shop, campaign, 3)
    assert (await group_page(shop, group_id))["status"] == "succeeded"
    fourth = await shop.shopper(4)
    assert (await fourth.try_order("join", group_id=group_id)).json()["code"] == "trade/group-full"


async def test_overflow_makes_no_sense_for_a_fixed_group(shop: Shop) -> None:
    refused = await shop.try_campaign([3], [9000], overflow=True)
    assert (refused.json()["code"], refused.json()["reason"]) == ("trade/bad-tiers", "overflow_needs_ladder")


@pytest.mark.parametrize("percent", [0, 101, -1, 12.5, "50"])
async def test_a_perk_is_a_whole_percentage(shop: Shop, percent: object) -> None:
    refused = await shop.try_campaign([3], [9000], initiator_off_percent=percent)
    assert refused.json()["code"] == "platform/invalid-request"


@pytest.mark.feature("X8")
async def test_a_free_initiator_gets_everything_for_one_unit_back(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000], initiator_off_percent=100)
    quote = await (await shop.shopper(9)).person.post(
        "/api/v1/trade/orders/preview",
        {"mode": "open", "campaign_id": campaign["id"], "sku_id": shop.sku_id, "quantity": 2},
    )
    assert (quote.json()["payable_fen"], quote.json()["initiator_back_fen"]) == (16000, 8000)
    group_id, members = await fill(shop, campaign, 2)
    await let_refunds_arrive(shop)

    (initiator, opened), (friend, joined) = members
    order = await initiator.see(opened)
    assert (order["status"], order["paid_fen"], money_back(order)) == ("to_ship", 8000, {"initiator_perk": 8000})
    assert (await friend.see(joined))["refunds"] == []
    faces = (await group_page(shop, group_id))["members"]
    assert [(face["is_initiator"], face["refunded"]) for face in faces] == [(True, False), (False, False)]
    told = (await initiator.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert sorted(notice["template"] for notice in told) == ["group_formed", "initiator_perk", "refund_succeeded"]


async def test_the_perk_is_of_the_final_price_and_comes_beside_the_difference(shop: Shop) -> None:
    campaign = await shop.campaign([2, 3], [9000, 8001], initiator_off_percent=50)
    _, members = await fill(shop, campaign, 3)
    await let_refunds_arrive(shop)
    initiator, opened = members[0]
    assert money_back(await initiator.see(opened)) == {"ladder_difference": 999, "initiator_perk": 4001}


async def test_the_perk_belongs_to_who_is_the_initiator_in_the_end(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000], initiator_off_percent=10)
    group_id, members = await fill(shop, campaign, 2)
    (first, opened), (heir, joined) = members
    await first.person.post(f"/api/v1/trade/orders/{opened}/cancel")
    for number in (3, 4):
        await join_and_pay(await shop.shopper(number), group_id)
    await let_refunds_arrive(shop)
    assert money_back(await heir.see(joined)) == {"initiator_perk": 800}
    assert money_back(await first.see(opened)) == {"cancelled": 8000}


@pytest.mark.feature("F59")
async def test_newcomers_only_refuses_old_customers_and_lets_them_open(shop: Shop) -> None:
    old, new, other = [await shop.shopper(number) for number in (1, 2, 3)]
    bought = await old.order("solo")
    await old.pay(bought["id"])
    campaign = await shop.campaign([3], [8000], newcomers_only=True)
    opened = await new.open(campaign)
    await new.pay(opened["id"])
    refused = await old.try_order("join", group_id=opened["group_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "trade/newcomers-only")

    own = await old.open(campaign)
    await old.pay(own["id"])
    await join_and_pay(other, own["group_id"])
    # who has joined one group of the merchant is no newcomer in the next
    assert (await other.try_order("join", group_id=opened["group_id"])).json()["code"] == "trade/newcomers-only"


async def test_a_customer_of_another_merchant_is_a_newcomer_here(shop: Shop) -> None:
    elsewhere = await open_shop(shop.world)
    person, initiator = await shop.shopper(1), await shop.shopper(2)
    bought = await Buyer(elsewhere, person.person, person.address_id).order("solo")
    await person.pay(bought["id"])
    campaign = await shop.campaign([2], [8000], newcomers_only=True)
    opened = await initiator.open(campaign)
    await initiator.pay(opened["id"])
    assert (await person.join(opened["group_id"]))["status"] == "pending_payment"


async def test_a_failed_group_leaves_a_newcomer_new(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000], newcomers_only=True)
    initiator, person = await shop.shopper(1), await shop.shopper(2)
    opened = await initiator.open(campaign)
    await initiator.pay(opened["id"])
    await join_and_pay(person, opened["group_id"])
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    again = await initiator.open(campaign)
    await initiator.pay(again["id"])
    assert (await person.join(again["group_id"]))["status"] == "pending_payment"


@pytest.mark.parametrize(("hard_end", "minutes"), [(True, 30), (False, 60)])
@pytest.mark.feature("F30")
async def test_a_group_ends_with_its_campaign_or_keeps_its_time(shop: Shop, hard_end: bool, minutes: int) -> None:
    start = shop.world.clock.now()
    ends_at = (start + timedelta(minutes=30)).isoformat()
    campaign = await shop.campaign([3], [8000], hard_end=hard_end, ends_at=ends_at)
    group_id, _ = await fill(shop, campaign, 1)
    deadline = (await group_page(shop, group_id))["deadline"]
    assert datetime.fromisoformat(deadline) == start + timedelta(minutes=minutes)
    shop.world.clock.advance(timedelta(minutes=31))
    await shop.world.settle()
    late = await shop.shopper(2)
    joined = await late.try_order("join", group_id=group_id)
    assert joined.status_code == (409 if hard_end else 201)
    assert (await late.try_order("open", campaign_id=campaign["id"])).json()["code"] == "trade/campaign-ended"


async def test_nobody_is_led_to_pay_for_a_group_that_was_stopped(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    late, quick = await shop.shopper(5), await shop.shopper(6)
    held, at_the_cashier = await late.join(group_id), await quick.join(group_id)
    hand_over = await quick.hand_over(at_the_cashier["id"])
    await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    await shop.world.composition.settle()

    paths = [f"/api/v1/trade/orders/{order['id']}/pay" for order in (held, at_the_cashier)]
    refused = [
        await who.person.post(path, {"channel": "wechat_h5"}) for who, path in zip((late, quick), paths, strict=True)
    ]
    assert [answer.json()["code"] for answer in refused] == ["trade/order-not-payable"] * 2
    assert [(await late.see(held["id"]))["status"], (await quick.see(at_the_cashier["id"]))["status"]] == [
        "cancelled",
        "cancelled",
    ]
    assert (await late.see(held["id"]))["cancel_reason"] == "group_ended"
    assert await quick.pay_at(hand_over) != "paid"


async def test_money_that_came_as_the_campaign_was_stopped_goes_back_with_the_reason(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    quick = await shop.shopper(6)
    order = await quick.join(group_id)
    hand_over = await quick.hand_over(order["id"])
    await shop.world.partner.post("/control/faults", json={"kind": "callback_delayed", "seconds": 30})
    await quick.pay_at(hand_over)
    await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    await let_refunds_arrive(shop)

    seen = await quick.see(order["id"])
    assert (seen["paid_fen"], seen["refunded_fen"]) == (8000, 8000)
    assert [(r["reason"], r["cause"]) for r in seen["refunds"]] == [("late_payment", "group_ended")]
    told = (await quick.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert ("payment_late", "group_ended") in [(n["template"], n["params"].get("cause")) for n in told]


async def test_repeated_leavers_have_to_wait(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    buyer = await shop.shopper(1)
    for _ in range(3):
        opened = await buyer.open(campaign)
        await buyer.pay(opened["id"])
        await buyer.person.post(f"/api/v1/trade/orders/{opened['id']}/cancel")
        await shop.world.settle()
    refused = await buyer.try_order("open", campaign_id=campaign["id"])
    assert (refused.json()["code"], refused.json()["limit"]) == ("trade/too-many-departures", 3)
    assert (await buyer.try_order("solo")).status_code == 201
    shop.world.clock.advance(timedelta(days=1))
    await shop.world.settle()
    assert (await buyer.try_order("open", campaign_id=campaign["id"])).status_code == 201


async def test_who_lets_orders_lapse_again_and_again_cannot_hoard(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    for _ in range(10):
        order = await buyer.order("solo", quantity=10)
        await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    assert (await buyer.try_order("solo")).json()["code"] == "trade/too-many-departures"
    assert (await shop.stock())["available"] == 100
    shop.world.clock.advance(timedelta(hours=1))
    assert (await buyer.try_order("solo")).status_code == 201
