"""Rule 6 by tables: tiers, the price at the close, the difference."""

import pytest

from chengtuan.modules.trade.activities.rules.tiers import (
    CampaignKind,
    check_tiers,
    next_tier,
    tier_reached,
)
from chengtuan.modules.trade.problems import BadTiers

LADDER = [3, 5]


@pytest.mark.parametrize(
    ("paid", "reached", "upcoming"),
    [(0, None, 0), (2, None, 0), (3, 0, 1), (4, 0, 1), (5, 1, None), (7, 1, None)],
)
def test_where_a_ladder_stands(paid: int, reached: int | None, upcoming: int | None) -> None:
    assert tier_reached(LADDER, paid) == reached
    assert next_tier(LADDER, paid) == upcoming


@pytest.mark.parametrize(
    ("kind", "people", "prices", "reason"),
    [
        (CampaignKind.FIXED, [3, 5], [[900, 800]], "fixed_needs_one_tier"),
        (CampaignKind.LADDER, [3], [[900]], "ladder_needs_two_to_five_tiers"),
        (CampaignKind.LADDER, [2, 3, 4, 5, 6, 7], [[9, 8, 7, 6, 5, 4]], "ladder_needs_two_to_five_tiers"),
        (CampaignKind.FIXED, [1], [[900]], "people_out_of_range"),
        (CampaignKind.FIXED, [501], [[900]], "people_out_of_range"),
        (CampaignKind.LADDER, [5, 3], [[900, 800]], "people_must_rise"),
        (CampaignKind.LADDER, [3, 3], [[900, 800]], "people_must_rise"),
        (CampaignKind.LADDER, [3, 5], [[900, 0]], "price_missing_or_not_positive"),
        (CampaignKind.LADDER, [3, 5], [[900]], "price_missing_or_not_positive"),
        (CampaignKind.LADDER, [3, 5], [[800, 900]], "prices_must_not_rise"),
    ],
)
def test_tiers_that_make_no_sense(kind: CampaignKind, people: list[int], prices: list[list[int]], reason: str) -> None:
    with pytest.raises(BadTiers) as caught:
        check_tiers(kind, people, prices)
    assert caught.value.extension["reason"] == reason


def test_tiers_that_make_sense() -> None:
    check_tiers(CampaignKind.FIXED, [2], [[900], [1800]])
    check_tiers(CampaignKind.FIXED, [500], [[1]])
    check_tiers(CampaignKind.LADDER, [3, 5, 10], [[900, 800, 800]])
    check_tiers(CampaignKind.LADDER, [2, 3, 4, 5, 500], [[9, 8, 7, 6, 5]])
