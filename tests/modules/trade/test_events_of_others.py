"""Trade acts on money for orders, and looks at the purpose alone: what others are paid for may have any id."""

from uuid import UUID

import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundAbnormal, RefundSucceeded
from chengtuan.platform.events import Envelope, Event, encode
from tests.support.shop import Shop

CLUB = "club.membership"
ORDER = "trade.order"


def envelope(event: Event) -> Envelope:
    return Envelope(new_id(), event.wire_name, event.key, encode(event))


async def test_a_payment_of_something_else_is_left_alone_beside_one_of_an_order(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"], settle=False)
    world = shop.world
    await world.sandbox_app.state.sandbox.deliver_due()
    payments = world.composition.running["payments"]
    async with payments.database.read() as db:
        [(payment_id, amount_fen, paid_at)] = await db.fetch_tuples("select id, amount_fen, paid_at from payment")
    own = PaymentSucceeded(
        payment_id=payment_id,
        purpose=ORDER,
        subject_id=UUID(order["id"]),
        instalment=1,
        amount_fen=amount_fen,
        paid_at=paid_at,
    )
    foreign = PaymentSucceeded(
        payment_id=new_id(), purpose=CLUB, subject_id=new_id(), instalment=1, amount_fen=500, paid_at=paid_at
    )
    consumer = world.composition.running["trade"].consumer
    assert await consumer.deliver([envelope(foreign), envelope(own)]) == {}
    assert await consumer.deliver([envelope(foreign)]) == {}
    shown = await buyer.person.get(f"/api/v1/trade/orders/{order['id']}")
    assert shown.json()["status"] == "to_ship"


@pytest.mark.parametrize(("purpose", "left_alone"), [(CLUB, True), (ORDER, False)])
async def test_money_for_an_order_that_nobody_knows_is_not_passed_over(
    shop: Shop, purpose: str, left_alone: bool
) -> None:
    """A person has to see it: the event stays and says so."""
    now = shop.world.clock.now()
    consumer = shop.world.composition.running["trade"].consumer
    paid = PaymentSucceeded(
        payment_id=new_id(), purpose=purpose, subject_id=new_id(), instalment=1, amount_fen=500, paid_at=now
    )
    back = RefundSucceeded(refund_id=new_id(), purpose=purpose, subject_id=new_id(), amount_fen=500, succeeded_at=now)
    failed = await consumer.deliver([envelope(paid), envelope(back)])
    assert len(failed) == (0 if left_alone else 2)


async def test_trouble_of_something_else_is_left_alone(shop: Shop) -> None:
    consumer = shop.world.composition.running["trade"].consumer
    odd = RefundAbnormal(refund_id=new_id(), purpose=CLUB, subject_id=new_id(), trouble="refused", reason="x")
    assert await consumer.deliver([envelope(odd)]) == {}
