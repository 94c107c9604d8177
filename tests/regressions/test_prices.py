"""How others' shops divided a reduction among the lines, and rounded."""

from typing import Any
from uuid import UUID

import pytest

from chengtuan.kernel.money import apportion
from chengtuan.modules.trade.pricing.rules.freight import Carried, Delivery, FreightUnit, Template, Zone
from chengtuan.modules.trade.pricing.rules.price import AdjustmentKind, BasketLine, PriceFacts, Reduction, price

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("prices", "rule", "lines"),
    [
        # https://github.com/frappe/erpnext/issues/58042: 3.32 + 3.34 + 3.32
        ([10000, 10000, 10000], {"off_fen": 1000}, [9666, 9667, 9667]),
        # https://github.com/duncanmcclean/statamic-cargo/pull/168: 3 × 3.33
        ([2000, 2000, 2000], {"off_fen": 1000}, [1666, 1667, 1667]),
        # https://github.com/chameleon-system/chameleon-system/issues/236: 35 %, line by line
        ([999, 1, 1501], {"off_permille": 350}, [649, 1, 976]),
        # https://github.com/OCA/sale-workflow/pull/4557: nothing off took a cent
        ([1038, 2500, 2828], {"off_fen": 0}, [1038, 2500, 2828]),
        # https://github.com/invoiceninja/invoiceninja/issues/3195 and https://github.com/odoo/odoo/pull/271032:
        # all of it off was -0.01 or 0.01; here the last fen is kept (rule 7)
        ([1323, 1323, 14450], {"off_permille": 1000}, [0, 0, 1]),
    ],
)
def test_the_parts_are_the_whole(prices: list[int], rule: dict[str, Any], lines: list[int]) -> None:
    coupon = Reduction(AdjustmentKind.COUPON, source_id=UUID(int=9), **rule)
    basket = [BasketLine(sku_id, 1, fen) for sku_id, fen in zip((ONE, TWO, THREE), prices, strict=True)]
    priced = price(basket, PriceFacts([coupon]))
    assert sorted(line.payable_fen for line in priced.lines) == sorted(lines)
    assert priced.payable_fen == sum(lines)
    for line in priced.lines:
        told = [adjustment.amount_fen for adjustment in priced.adjustments if adjustment.line == line.line]
        assert line.goods_fen + sum(told) == line.payable_fen, "a line is what its adjustments say"


@pytest.mark.parametrize(("off", "parts"), [(5, [2, 2, 1]), (1, [1, 0, 0]), (0, [0, 0, 0])])
def test_a_small_reduction_raises_no_line(off: int, parts: list[int]) -> None:
    """https://github.com/frappe/erpnext/issues/58042: spread over many lines, a part had the other sign."""
    assert apportion(off, [100, 100, 100]) == parts


@pytest.mark.parametrize(("off", "freight"), [(0, 0), (300, 0), (301, 600)])
def test_a_coupon_below_the_threshold_of_free_delivery_pays_for_it(off: int, freight: int) -> None:
    """https://github.com/woocommerce/woocommerce/issues/17274, https://github.com/wp-e-commerce/WP-e-Commerce/issues/2070,
    https://github.com/nbrightproject/NBrightBuy/issues/145
    """
    zone = Zone(frozenset(), 1, 600, 1, 0, free_from_fen=5000)
    carried = {ONE: Carried(Template(UUID(int=7), FreightUnit.PIECE, (zone,)), None)}
    coupon = Reduction(AdjustmentKind.COUPON, off_fen=off, source_id=UUID(int=9))
    priced = price([BasketLine(ONE, 1, 5300)], PriceFacts([coupon], delivery=Delivery("440000", carried)))
    assert (priced.freight_fen, priced.payable_fen) == (freight, 5300 - off + freight)
