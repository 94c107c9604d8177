"""One function in `SOURCES` makes orders cheaper: previews, orders and settlements follow by themselves (rule 7)."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from chengtuan.modules.trade.admission.rules import reductions
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.pricing.rules.price import AdjustmentKind, Reduction
from tests.support.shop import Shop

COUPON = UUID(int=77)


def two_are_cheaper(_: Snapshot, wish: Wish) -> Iterator[Reduction]:
    """As a package would write it."""
    if sum(line.quantity for line in wish.lines) >= 2:
        yield Reduction(AdjustmentKind.COUPON, off_permille=100, source_id=COUPON)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reductions, "SOURCES", (two_are_cheaper,))


@pytest.mark.parametrize(("quantity", "off_fen"), [(1, 0), (2, 2000)])
async def test_a_preview_and_its_order_have_it(shop: Shop, registered: None, quantity: int, off_fen: int) -> None:
    buyer = await shop.shopper(1)
    wish = {"mode": "solo", "sku_id": shop.sku_id, "quantity": quantity}
    quote = (await buyer.person.post("/api/v1/trade/orders/preview", wish)).json()
    order = await buyer.order("solo", quantity=quantity, expected_payable_fen=quote["payable_fen"])
    for seen in (quote, order, await buyer.see(order["id"])):
        assert (seen["off_fen"], seen["payable_fen"]) == (off_fen, 10000 * quantity - off_fen)
        assert [each["kind"] for each in seen["adjustments"]] == ["coupon"] * bool(off_fen)
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "to_ship"


async def test_control_nothing_is_off_where_nobody_said_so(shop: Shop) -> None:
    assert (await (await shop.shopper(1)).order("solo", quantity=2))["off_fen"] == 0


async def test_a_ladder_settles_by_what_the_order_got(
    shop: Shop, registered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not anybody would still get it."""
    first, second, third = [await shop.shopper(number) for number in (1, 2, 3)]
    order = await first.open(await shop.campaign([2, 3], [9000, 8000]), quantity=2)
    await first.pay(order["id"])
    monkeypatch.setattr(reductions, "SOURCES", ())
    for friend in (second, third):
        await friend.pay((await friend.join(order["group_id"]))["id"])
    assert order["payable_fen"] == 16200
    (back,) = (await first.see(order["id"]))["refunds"]
    assert (back["reason"], back["amount_fen"]) == ("ladder_difference", 16200 - 14400)
