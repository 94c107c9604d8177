"""Rule 7 by tables, and what holds for every basket: the pipeline of prices, pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.modules.trade.pricing.rules import (
    PIPELINE,
    AdjustmentKind,
    BasketLine,
    Bearer,
    Priced,
    PriceFacts,
    Reduction,
    price,
    reduction_of,
    settlement_difference,
)

A, B, C = (UUID(int=number) for number in (1, 2, 3))
COUPON = UUID(int=9)


def coupon(off_fen: int = 0, **terms: Any) -> Reduction:
    return replace(Reduction(AdjustmentKind.COUPON, off_fen=off_fen, source_id=COUPON), **terms)


@pytest.mark.parametrize(
    ("reductions", "lines"),
    [
        ([], [6000, 3000]),
        ([coupon(1000)], [5333, 2667]),
        ([coupon(1000, at_least_fen=9000)], [5333, 2667]),
        ([coupon(1000, at_least_fen=9001)], [6000, 3000]),
        ([coupon(off_permille=100)], [5400, 2700]),
        ([coupon(off_permille=500, at_most_fen=900)], [5400, 2700]),
        ([coupon(1000, sku_ids=frozenset({B}))], [6000, 2000]),
        ([coupon(5000, sku_ids=frozenset({B}))], [6000, 0]),
        ([coupon(1000, sku_ids=frozenset({C}))], [6000, 3000]),
        ([coupon(99_999)], [1, 0]),
        # the member's share comes before the coupon, whatever order they are given in
        ([coupon(1000), Reduction(AdjustmentKind.MEMBER, off_permille=100)], [4733, 2367]),
    ],
)
def test_reductions_by_table(reductions: list[Reduction], lines: list[int]) -> None:
    priced = price([BasketLine(A, 2, 3000), BasketLine(B, 1, 3000)], PriceFacts(reductions))
    assert [line.payable_fen for line in priced.lines] == lines
    assert priced.payable_fen == sum(lines)


def test_an_activity_replaces_the_price_and_its_tier_decides() -> None:
    basket = [BasketLine(A, 2, 10000, (9000, 8000))]
    assert [price(basket, PriceFacts(tier=tier)).payable_fen for tier in (0, 1)] == [18000, 16000]
    dearer = [BasketLine(A, 2, 7000, (9000, 8000))]
    assert price(dearer, PriceFacts()).payable_fen == 14000, "nobody pays more in a group than alone"


@pytest.mark.parametrize(
    ("tiers", "quantity", "reductions", "tier", "back"),
    [
        ((9000, 8000), 1, [], 0, 0),
        ((9000, 8000), 1, [], 1, 1000),
        ((9000, 8000), 3, [], 1, 3000),
        # a fixed coupon takes the same off both prices, a share less off the lower one
        ((9000, 8000), 1, [coupon(2000)], 1, 1000),
        ((9000, 8000), 1, [coupon(off_permille=100)], 1, 900),
        # the threshold was judged at joining: at 8000 the coupon still counts
        ((9000, 8000), 1, [coupon(2000, at_least_fen=8500)], 1, 1000),
        # what costs next to nothing already cannot give more back than was paid
        ((9000, 8000), 1, [coupon(8500)], 1, 499),
    ],
)
@pytest.mark.feature("F11")
def test_what_a_ladder_gives_back(
    tiers: tuple[int, ...], quantity: int, reductions: list[Reduction], tier: int, back: int
) -> None:
    assert settlement_difference([BasketLine(A, quantity, 10000, tiers)], reductions, tier) == back


FEN = st.integers(1, 10_000_00)
LADDERS = st.lists(FEN, max_size=3).map(lambda fen: tuple(sorted(fen, reverse=True)))
LINES = st.builds(BasketLine, st.sampled_from([A, B, C]), st.integers(1, 20), st.integers(1, 10_000_00), LADDERS)
BASKETS = st.lists(LINES, min_size=1, max_size=3, unique_by=lambda line: line.sku_id)
REDUCTIONS = st.lists(
    st.builds(
        Reduction,
        st.sampled_from([kind for kind in AdjustmentKind if kind is not AdjustmentKind.FREIGHT]),
        off_fen=st.integers(0, 5_000_00),
        off_permille=st.integers(0, 1000),
        at_least_fen=st.integers(0, 20_000_00),
        at_most_fen=st.none() | st.integers(0, 1_000_00),
        sku_ids=st.none() | st.frozensets(st.sampled_from([A, B, C])),
        source_id=st.none() | st.just(COUPON),
        borne_by=st.sampled_from(Bearer),
    ),
    max_size=5,
)


@given(BASKETS, REDUCTIONS)
def test_whatever_is_in_a_basket_its_parts_sum_to_it(basket: list[BasketLine], reductions: list[Reduction]) -> None:
    priced = price(basket, PriceFacts(reductions))
    assert priced.payable_fen == sum(line.payable_fen for line in priced.lines) + priced.freight_fen >= 1
    assert priced.goods_fen - priced.off_fen + priced.freight_fen == priced.payable_fen
    for line in priced.lines:
        assert line.payable_fen >= 0
        assert line.off_fen == -sum(a.amount_fen for a in priced.adjustments if a.line == line.line)
        assert line.unit_fen <= line.list_unit_fen
    assert all(adjustment.amount_fen < 0 for adjustment in priced.adjustments)


@given(BASKETS, REDUCTIONS)
def test_no_step_raises_the_price(basket: list[BasketLine], reductions: list[Reduction]) -> None:
    facts = PriceFacts(reductions)
    priced = Priced(price(basket, PriceFacts()).lines)
    for line in priced.lines:
        line.unit_fen = line.list_unit_fen
    paid = [priced.payable_fen]
    for step in PIPELINE:
        step(priced, facts)
        paid.append(priced.payable_fen)
    assert paid == sorted(paid, reverse=True)


@given(BASKETS, REDUCTIONS)
def test_giving_back_every_line_gives_back_what_was_paid(basket: list[BasketLine], reductions: list[Reduction]) -> None:
    priced = price(basket, PriceFacts(reductions))
    assert sum(line.payable_fen for line in priced.lines) + priced.freight_fen == priced.payable_fen


@given(LADDERS.filter(bool), st.integers(1, 20), REDUCTIONS)
def test_a_ladder_gives_back_the_difference_of_what_is_paid(
    tiers: tuple[int, ...], quantity: int, reductions: Sequence[Reduction]
) -> None:
    """With rules that hold whatever the price: what goes back is exactly what the basket is cheaper."""
    basket = [BasketLine(A, quantity, tiers[0], tiers)]
    kept = [replace(rule, at_least_fen=0) for rule in reductions]
    paid, last = (price(basket, PriceFacts(kept, tier)).payable_fen for tier in (0, len(tiers) - 1))
    assert settlement_difference(basket, reductions, len(tiers) - 1) == max(0, paid - last)


@given(REDUCTIONS)
def test_a_rule_is_the_same_after_it_was_kept(reductions: list[Reduction]) -> None:
    for rule in reductions:
        assert reduction_of(rule.kind, rule.source_id, rule.borne_by, rule.rule()) == rule
