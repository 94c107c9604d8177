"""Complaints 19 to 25: groups that are none, timeouts that are lost, members that are not there."""

from datetime import timedelta

from chengtuan.apps.composition import Composition, outside_client
from tests.regressions.evidence import buyers, later, rows, sound
from tests.support.shop import Shop

PARCEL = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}


async def test_a_group_that_is_not_full_is_no_success(shop: Shop) -> None:
    """https://github.com/linlinjava/litemall/issues/159: an unfilled group was treated as a success."""
    campaign = await shop.campaign([3], [8000])
    people = await buyers(shop, 2)
    order = await people[0].open(campaign)
    await people[0].pay(order["id"])
    other = await people[1].join(order["group_id"])
    await people[1].pay(other["id"])
    await later(shop, hours=1)
    await later(shop, minutes=2)
    page = (await shop.world.client.get(f"/api/v1/trade/groups/{order['group_id']}")).json()
    assert (page["status"], page["paid"], page["missing"]) == ("failed", 2, 1)
    for buyer, bought in ((people[0], order), (people[1], other)):
        seen = await buyer.see(bought["id"])
        assert (seen["status"], seen["refunded_fen"]) == ("refunded", 8000)
    await sound(shop)


async def test_paid_and_waiting_is_a_state_of_its_own(shop: Shop) -> None:
    """https://github.com/linlinjava/litemall/issues/283 and /pull/284: paid orders of open groups were shipped."""
    campaign = await shop.campaign([2], [8000])
    first, second = await buyers(shop, 2)
    order = await first.open(campaign)
    await first.pay(order["id"])
    assert (await first.see(order["id"]))["status"] == "grouping"
    path = f"/api/v1/fulfilment/console/orders/{order['id']}/ship"
    early = await shop.merchant.post(path, PARCEL)
    assert (early.status_code, early.json()["code"]) == (409, "fulfilment/not-shippable")
    await second.pay((await second.join(order["group_id"]))["id"])
    assert (await shop.merchant.post(path, PARCEL)).status_code == 201
    await shop.world.settle()
    await sound(shop)


async def test_timeouts_survive_a_restart(shop: Shop) -> None:
    """https://github.com/linlinjava/litemall/pull/275: timeouts lived in memory and were lost at a restart.

    The process that took the order and opened the group does nothing more; a fresh one ends both.
    """
    world = shop.world
    campaign = await shop.campaign([2], [8000])
    first, second = await buyers(shop, 2)
    unpaid = await first.order("solo")
    group = await second.open(campaign)
    await second.pay(group["id"])
    world.clock.advance(timedelta(hours=1, minutes=2))
    fresh = Composition(
        environ=world.environ,
        clock=world.clock,
        modules=[manifest.name for manifest in Composition.manifests],
        outside=outside_client(world.composition.outside._transport),
    )
    async with fresh.open():
        await fresh.settle()
    assert (await first.see(unpaid["id"]))["cancel_reason"] == "timeout"
    assert (await second.see(group["id"]))["status"] in ("refunding", "refunded")
    await later(shop, minutes=2)
    await sound(shop)


async def test_who_has_left_is_not_shown_in_the_finished_group(shop: Shop) -> None:
    """https://github.com/crmeb/CRMEB/issues/27: a refunded member was still shown in a finished group."""
    campaign = await shop.campaign([2], [8000])
    first, leaver, third = await buyers(shop, 3)
    order = await first.open(campaign)
    await first.pay(order["id"])
    joined = await leaver.join(order["group_id"])
    hand_over = await leaver.hand_over(joined["id"])
    assert (await leaver.person.post(f"/api/v1/trade/orders/{joined['id']}/cancel")).json()["status"] == "cancelled"
    assert await leaver.pay_at(hand_over) in ("closed", "expired"), "who gave up cannot pay any more"
    await third.pay((await third.join(order["group_id"]))["id"])
    page = (await shop.world.client.get(f"/api/v1/trade/groups/{order['group_id']}")).json()
    assert (page["status"], page["paid"], len(page["members"])) == ("succeeded", 2, 2)
    assert [member["refunded"] for member in page["members"]] == [False, False]


async def test_who_was_refunded_before_the_end_is_not_shown_either(shop: Shop) -> None:
    """https://github.com/crmeb/CRMEB/issues/27, for somebody who had paid and left."""
    campaign = await shop.campaign([3], [8000])
    first, leaver, third, fourth = await buyers(shop, 4)
    order = await first.open(campaign)
    await first.pay(order["id"])
    joined = await leaver.join(order["group_id"])
    await leaver.pay(joined["id"])
    await leaver.person.post(f"/api/v1/trade/orders/{joined['id']}/cancel")
    await later(shop, minutes=2)
    assert (await leaver.see(joined["id"]))["status"] == "refunded"
    for buyer in (third, fourth):
        await buyer.pay((await buyer.join(order["group_id"]))["id"])
    page = (await shop.world.client.get(f"/api/v1/trade/groups/{order['group_id']}")).json()
    assert (page["status"], len(page["members"])) == ("succeeded", 3)
    inside = rows(shop, "select user_id from trade.seat where status = 'paid'")
    assert {row[0] for row in inside} == {buyer.person.id for buyer in (first, third, fourth)}
    await sound(shop)


async def test_what_was_given_back_does_not_count_as_taken(shop: Shop) -> None:
    """https://github.com/woocommerce/woocommerce/issues/27673 and /issues/31245, https://github.com/Sylius/Sylius/issues/10125,
    https://github.com/awesomemotive/easy-digital-downloads/issues/3859, https://github.com/paynl/magento2-plugin/issues/176

    "One per person": after a failed payment or a cancelled order nobody was let in again. The same for what a campaign
    has in all.
    """
    campaign = await shop.campaign([2], [8000], per_user_limit=1, stock_cap=2)
    first, second = await buyers(shop, 2)
    given_up = await first.open(campaign)
    await first.hand_over(given_up["id"])
    assert (await first.try_order("open", campaign_id=campaign["id"])).json()["code"] == "trade/purchase-limit"
    assert (await first.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")).status_code == 200
    timed_out = await first.open(campaign)
    await later(shop, hours=1)
    await later(shop, minutes=2)
    assert (await first.see(timed_out["id"]))["cancel_reason"] == "timeout"
    lonely = await first.open(campaign)
    await first.pay(lonely["id"])
    await later(shop, hours=1)
    await later(shop, minutes=2)
    assert (await first.see(lonely["id"]))["status"] == "refunded"
    order = await first.open(campaign)
    await first.pay(order["id"])
    joined = await second.join(order["group_id"])
    await second.pay(joined["id"])
    assert (await second.see(joined["id"]))["status"] == "to_ship"
    taken = "select taken, cap from trade.activity where id = %s"
    assert rows(shop, taken, campaign["id"]) == [(2, 2)]
    assert (await first.try_order("open", campaign_id=campaign["id"])).json()["code"] == "trade/purchase-limit"
    await sound(shop)
