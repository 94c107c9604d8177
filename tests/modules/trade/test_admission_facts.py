"""What an admission knows of a buyer: orders in every state, as the facts count them (rules 5 and 8)."""

import pytest

from chengtuan.modules.trade.admission.rows.snapshots import read_snapshot
from chengtuan.modules.trade.admission.rules.snapshot import BuyerState
from tests.modules.trade.test_admission import alone
from tests.modules.trade.test_groups import fill
from tests.support.orders import Kind, State, order
from tests.support.shop import Shop


@pytest.mark.parametrize(
    ("state", "kind", "known", "customer"),
    [
        ("pending_payment", "solo", BuyerState(unpaid=1), True),
        ("cancelled", "solo", BuyerState(given_up=1), False),
        ("cancelled", "group", BuyerState(given_up=1), False),
        ("refunding", "group", BuyerState(left=1), False),
        ("refunded", "group", BuyerState(left=1), False),
        ("grouping", "group", BuyerState(), True),
        ("completed", "solo", BuyerState(), True),
    ],
)
async def test_what_a_buyer_did(shop: Shop, state: State, kind: Kind, known: BuyerState, customer: bool) -> None:
    buyer = await shop.shopper(1)
    await order(shop, state, kind, buyer=buyer)
    wish = alone(user_id=buyer.person.id)
    async with shop.world.composition.running["trade"].database.read() as db:
        snapshot = await read_snapshot(db, [wish], shop.world.clock.now())
    known.merchants = {shop.merchant_id} if customer else set()
    assert snapshot.buyer(wish.buyer_ids) == known


async def test_who_gave_a_seat_up_may_take_one_again(shop: Shop) -> None:
    group_id, _ = await fill(shop, await shop.campaign([3], [8000]), 1)
    buyer = await shop.shopper(2)
    given_up = await buyer.join(group_id)
    assert (await buyer.try_order("join", group_id=group_id)).json()["code"] == "trade/already-in-group"
    await buyer.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")
    assert (await buyer.join(group_id))["status"] == "pending_payment"


async def test_who_joins_is_judged_by_what_was_bought_in_other_groups_of_the_campaign(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000], per_user_limit=1)
    group_id, _ = await fill(shop, campaign, 1)
    buyer = await shop.shopper(2)
    await buyer.open(campaign)
    assert (await buyer.try_order("join", group_id=group_id)).json()["code"] == "trade/purchase-limit"
