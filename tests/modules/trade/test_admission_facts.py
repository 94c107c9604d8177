"""What an admission knows of a buyer: orders in every state, as the facts count them (rules 5 and 8)."""

import pytest

from chengtuan.modules.trade.admission.rows.snapshots import read_snapshot
from chengtuan.modules.trade.admission.rules.snapshot import BuyerState
from tests.modules.trade.test_admission import alone
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
