"""Money may move for other things than orders: trade leaves them alone, and they stop nothing of its own."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundAbnormal, RefundSucceeded
from chengtuan.platform.events import Envelope, Event, encode
from tests.support.shop import Shop


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
        [(payment_id, amount_fen, paid_at)] = await db.fetch_tuples(
            "select id, amount_fen, paid_at from payment where order_id = %s", (UUID(order["id"]),)
        )
    foreign = PaymentSucceeded(payment_id=new_id(), order_id=new_id(), amount_fen=500, paid_at=paid_at)
    own = PaymentSucceeded(payment_id=payment_id, order_id=UUID(order["id"]), amount_fen=amount_fen, paid_at=paid_at)
    consumer = world.composition.running["trade"].consumer
    assert await consumer.deliver([envelope(foreign), envelope(own)]) == {}
    assert await consumer.deliver([envelope(foreign)]) == {}
    shown = await buyer.person.get(f"/api/v1/trade/orders/{order['id']}")
    assert shown.json()["status"] == "to_ship"


async def test_a_refund_of_something_else_is_left_alone(shop: Shop) -> None:
    now = shop.world.clock.now()
    consumer = shop.world.composition.running["trade"].consumer
    back = RefundSucceeded(refund_id=new_id(), order_id=new_id(), amount_fen=500, succeeded_at=now)
    odd = RefundAbnormal(refund_id=new_id(), order_id=new_id(), trouble="refused", reason="x")
    assert await consumer.deliver([envelope(back), envelope(odd)]) == {}
