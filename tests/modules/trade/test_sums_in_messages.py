"""What messages promise is what was planned to go back, and never more than was paid."""

from datetime import timedelta
from uuid import UUID, uuid4

from chengtuan.modules.payments.facade import PaymentSucceeded
from chengtuan.platform.events import Envelope, encode
from tests.modules.trade.test_groups import fill
from tests.support.shop import Buyer, Shop


async def pay_again(shop: Shop, order_id: str, amount_fen: int) -> None:
    """The order's money arrives a second time, through another channel."""
    event = PaymentSucceeded(
        payment_id=uuid4(),
        purpose="trade.order",
        subject_id=UUID(order_id),
        instalment=1,
        amount_fen=amount_fen,
        paid_at=shop.world.clock.now(),
    )
    consumer = shop.world.composition.running["trade"].consumer
    assert await consumer.deliver([Envelope(uuid4(), event.wire_name, event.key, encode(event))]) == {}


async def promised(buyer: Buyer) -> dict[str, int]:
    """Sums by message, of those that speak of money under way."""
    inbox = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
    sums = {item["template"]: item["params"].get("amount_fen") for item in inbox}
    return {template: fen for template, fen in sums.items() if fen is not None and template != "refund_succeeded"}


async def test_an_order_paid_twice_is_promised_what_was_paid_and_no_more(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    _, [(twice, order_id), (once, other_id)] = await fill(shop, campaign, 2)
    await pay_again(shop, order_id, 8000)
    shop.world.clock.advance(timedelta(hours=2))
    for _ in range(3):
        await shop.world.settle()
    assert await promised(twice) == {"group_failed": 8000, "payment_late": 8000}
    assert await promised(once) == {"group_failed": 8000}
    for buyer, order in ((twice, await twice.see(order_id)), (once, await once.see(other_id))):
        planned = sum(refund["amount_fen"] for refund in order["refunds"])
        assert planned == order["paid_fen"] == (16000 if buyer is twice else 8000)
