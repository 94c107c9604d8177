"""A payment confirms the instalment that it names, and no other."""

from uuid import UUID

import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import PaymentSucceeded
from chengtuan.platform.events import Envelope, encode
from tests.support.rows import ask
from tests.support.shop import Shop

DEPOSIT, BALANCE = 1, 2


async def in_two_parts(shop: Shop, database_url: str) -> tuple[str, int]:
    """An order of which a third is paid first; its id and the whole price."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    ask(
        database_url,
        "with cut as (update trade.instalment set kind = 'deposit', payable_fen = 1000 where order_id = %s)"
        " insert into trade.instalment (order_id, seq, kind, payable_fen, pay_before)"
        " select id, 2, 'balance', payable_fen - 1000, pay_before from trade.shop_order where id = %s returning seq",
        (order["id"], order["id"]),
    )
    return order["id"], order["payable_fen"]


async def hear(shop: Shop, order_id: str, instalment: int, amount_fen: int) -> None:
    event = PaymentSucceeded(
        payment_id=new_id(),
        purpose="trade.order",
        subject_id=UUID(order_id),
        instalment=instalment,
        amount_fen=amount_fen,
        paid_at=shop.world.clock.now(),
    )
    consumer = shop.world.composition.running["trade"].consumer
    assert await consumer.deliver([Envelope(new_id(), event.wire_name, event.key, encode(event))]) == {}


def paid(database_url: str, order_id: str) -> tuple[str, int, list[int]]:
    """The order's state, what was paid for it, and the instalments that are paid."""
    [(status, paid_fen, parts)] = ask(
        database_url,
        "select o.status, o.paid_fen, array(select seq::int from trade.instalment i where i.order_id = o.id"
        " and i.payment_id is not null order by seq) from trade.shop_order o where o.id = %s",
        (order_id,),
    )
    return status, paid_fen, parts


@pytest.mark.parametrize("first", [DEPOSIT, BALANCE])
async def test_an_order_waits_for_both_of_its_instalments(shop: Shop, database_url: str, first: int) -> None:
    order_id, price = await in_two_parts(shop, database_url)
    amounts = {DEPOSIT: 1000, BALANCE: price - 1000}
    await hear(shop, order_id, first, amounts[first])
    assert paid(database_url, order_id) == ("pending_payment", amounts[first], [first])
    second = DEPOSIT + BALANCE - first
    await hear(shop, order_id, second, amounts[second])
    assert paid(database_url, order_id) == ("to_ship", price, [DEPOSIT, BALANCE])


async def test_money_for_no_instalment_goes_back_and_the_order_can_still_be_paid(shop: Shop, database_url: str) -> None:
    """Rule 3: recorded, returned in full, told."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await hear(shop, order["id"], BALANCE, order["payable_fen"])
    assert paid(database_url, order["id"]) == ("pending_payment", order["payable_fen"], [])
    seen = await buyer.see(order["id"])
    assert [(each["cause"], each["amount_fen"]) for each in seen["refunds"]] == [
        ("unknown_instalment", order["payable_fen"])
    ]
    await hear(shop, order["id"], DEPOSIT, order["payable_fen"])
    assert paid(database_url, order["id"]) == ("to_ship", 2 * order["payable_fen"], [DEPOSIT])
