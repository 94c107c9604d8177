"""Rule 7 by tables, and what holds for every basket: the pipeline of prices, pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.modules.trade.pricing.rules.freight import Carried, Delivery, FreightUnit, Template, Zone
from chengtuan.modules.trade.pricing.rules.price import (
    PIPELINE,
    AdjustmentKind,
    BasketLine,
    Bearer,
    Priced,
    PriceFacts,
    Reduction,
    price,
    reductions_kept,
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
        # a threshold is about the goods, whatever was taken off them before
        ([coupon(1000, at_least_fen=9000), Reduction(AdjustmentKind.MEMBER, off_permille=100)], [4733, 2367]),
        # what is left of a line is its weight for the next rule; points come after coupons
        ([Reduction(AdjustmentKind.POINTS, off_fen=700), coupon(2000, sku_ids=frozenset({B}))], [5400, 900]),
        ([Reduction(AdjustmentKind.POINTS, off_fen=900), coupon(off_permille=100)], [4800, 2400]),
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


GUANGDONG, XINJIANG, BEIJING = "440000", "650000", "110000"
BY_PIECE = Template(
    UUID(int=20),
    FreightUnit.PIECE,
    (
        Zone(frozenset(), 1, 1000, 1, 500, free_from_fen=20_000),
        Zone(frozenset({GUANGDONG}), 2, 600, 3, 200, free_from_fen=9900, free_from_pieces=9),
    ),
    frozenset({XINJIANG}),
)
BY_WEIGHT = Template(UUID(int=21), FreightUnit.GRAM, (Zone(frozenset(), 1000, 800, 500, 300),))


def sent(
    province: str | None, template: Template = BY_PIECE, *, sku_ids: Sequence[UUID] = (A,), grams: int = 0
) -> Delivery:
    return Delivery(province, {sku_id: Carried(template, grams) for sku_id in sku_ids})


@pytest.mark.parametrize(
    ("quantity", "unit_fen", "delivery", "freight"),
    [
        # by piece: two cost 6, each further three that are begun 2
        (1, 100, sent(GUANGDONG), 600),
        (2, 100, sent(GUANGDONG), 600),
        (3, 100, sent(GUANGDONG), 800),
        (5, 100, sent(GUANGDONG), 800),
        (6, 100, sent(GUANGDONG), 1000),
        # either threshold makes it free, to the fen and to the piece
        (1, 9899, sent(GUANGDONG), 600),
        (1, 9900, sent(GUANGDONG), 0),
        (8, 100, sent(GUANGDONG), 1000),
        (9, 100, sent(GUANGDONG), 0),
        # everywhere else
        (1, 9900, sent(BEIJING), 1000),
        (3, 100, sent(BEIJING), 2000),
        # by weight: a kilogram costs 8, each further pound that is begun 3
        (1, 100, sent(BEIJING, BY_WEIGHT, grams=1000), 800),
        (1, 100, sent(BEIJING, BY_WEIGHT, grams=1001), 1100),
        (3, 100, sent(BEIJING, BY_WEIGHT, grams=500), 1100),
        (3, 100, sent(BEIJING, BY_WEIGHT, grams=501), 1400),
        (9, 100, sent(BEIJING, BY_WEIGHT), 800),
        # no template, no freight
        (9, 100, sent(BEIJING, sku_ids=()), 0),
    ],
)
@pytest.mark.feature("X13")
def test_freight_by_table(quantity: int, unit_fen: int, delivery: Delivery, freight: int) -> None:
    priced = price([BasketLine(A, quantity, unit_fen)], PriceFacts(delivery=delivery))
    assert (priced.freight_fen, priced.payable_fen) == (freight, quantity * unit_fen + freight)
    assert priced.freight_known


def test_lines_of_one_template_travel_together_and_those_of_others_apart() -> None:
    basket = [BasketLine(A, 1, 5000), BasketLine(B, 1, 4900), BasketLine(C, 1, 100)]
    both = sent(GUANGDONG, sku_ids=(A, B))
    third = Delivery(GUANGDONG, {**both.carried, C: Carried(BY_WEIGHT, 10)})
    priced = price(basket, PriceFacts(delivery=third))
    assert [a.amount_fen for a in priced.adjustments] == [0, 800], "99 yuan together are free, the third pays its own"
    assert priced.adjustments[0].rule["free_from_fen"] == 9900
    assert [a.source_id for a in priced.adjustments] == [BY_PIECE.id, BY_WEIGHT.id]


def test_a_threshold_is_judged_by_what_is_paid_for_the_goods() -> None:
    basket = [BasketLine(A, 1, 10_000)]
    assert price(basket, PriceFacts(delivery=sent(GUANGDONG))).freight_fen == 0
    assert price(basket, PriceFacts([coupon(101)], delivery=sent(GUANGDONG))).freight_fen == 600


def test_nothing_is_charged_for_what_is_not_sent_there() -> None:
    priced = price([BasketLine(A, 1, 100), BasketLine(B, 1, 100)], PriceFacts(delivery=sent(XINJIANG)))
    assert (priced.undelivered, priced.freight_fen, priced.freight_known) == ([A], 0, False)


@pytest.mark.parametrize(
    ("template", "freight", "known"),
    [
        (BY_PIECE, 1000, False),
        (BY_WEIGHT, 800, True),
        (replace(BY_WEIGHT, undelivered=frozenset({XINJIANG})), 800, False),
    ],
)
def test_who_gave_no_address_is_told_the_dearest(template: Template, freight: int, *, known: bool) -> None:
    priced = price([BasketLine(A, 1, 100)], PriceFacts(delivery=sent(None, template)))
    assert (priced.freight_fen, priced.freight_known) == (freight, known)


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

PROVINCES = st.sampled_from([GUANGDONG, XINJIANG, BEIJING])
ZONES = st.builds(
    Zone,
    st.just(frozenset()),
    st.integers(1, 5000),
    st.integers(0, 50_00),
    st.integers(1, 5000),
    st.integers(0, 50_00),
    st.none() | st.integers(1, 1_000_00),
    st.none() | st.integers(1, 20),
)
TEMPLATES = st.builds(
    lambda number, unit, elsewhere, near: Template(
        UUID(int=number), unit, (elsewhere, replace(near, regions=frozenset({GUANGDONG}))), frozenset({XINJIANG})
    ),
    st.integers(30, 99),
    st.sampled_from(FreightUnit),
    ZONES,
    ZONES,
)
CARRIED = st.dictionaries(
    st.sampled_from([A, B, C]), st.builds(Carried, TEMPLATES, st.integers(0, 100_000)), max_size=3
)
DELIVERIES = st.builds(Delivery, st.none() | PROVINCES, CARRIED)


@given(BASKETS, REDUCTIONS, DELIVERIES)
def test_whatever_is_in_a_basket_its_parts_sum_to_it(
    basket: list[BasketLine], reductions: list[Reduction], delivery: Delivery
) -> None:
    priced = price(basket, PriceFacts(reductions, delivery=delivery))
    assert priced.payable_fen == sum(line.payable_fen for line in priced.lines) + priced.freight_fen >= 1
    assert priced.goods_fen - priced.off_fen + priced.freight_fen == priced.payable_fen
    for line in priced.lines:
        assert line.payable_fen >= 0
        assert line.off_fen == -sum(a.amount_fen for a in priced.adjustments if a.line == line.line)
        assert line.unit_fen <= line.list_unit_fen
    freights = [each.amount_fen for each in priced.adjustments if each.kind is AdjustmentKind.FREIGHT]
    assert sum(freights) == priced.freight_fen
    assert all(amount >= 0 for amount in freights)
    assert all(each.amount_fen < 0 for each in priced.adjustments if each.kind is not AdjustmentKind.FREIGHT)


@given(BASKETS, REDUCTIONS, CARRIED)
def test_an_order_never_costs_more_than_was_said_without_an_address(
    basket: list[BasketLine], reductions: list[Reduction], carried: dict[UUID, Carried]
) -> None:
    said = price(basket, PriceFacts(reductions, delivery=Delivery(None, carried)))
    for province in (GUANGDONG, XINJIANG, BEIJING):
        priced = price(basket, PriceFacts(reductions, delivery=Delivery(province, carried)))
        gone = [line.sku_id for line in priced.lines if line.sku_id in carried and province == XINJIANG]
        assert sorted(priced.undelivered) == sorted(gone), "what is not sent there is named, line by line"
        assert priced.payable_fen <= said.payable_fen
        assert priced.payable_fen == said.payable_fen or not said.freight_known


@given(BASKETS, REDUCTIONS)
def test_no_step_but_freight_raises_the_price(basket: list[BasketLine], reductions: list[Reduction]) -> None:
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


@given(BASKETS, REDUCTIONS)
def test_a_basket_costs_the_same_by_the_rules_that_were_kept(
    basket: list[BasketLine], reductions: list[Reduction]
) -> None:
    """Also where one rule reduced several lines, and each has kept it."""
    apart = [replace(rule, source_id=UUID(int=100 + nth)) for nth, rule in enumerate(reductions)]
    priced = price(basket, PriceFacts(apart))
    assert price(basket, PriceFacts(reductions_kept(priced.adjustments))) == priced
