"""Fixed and ladder pricing. A fixed campaign is a ladder with one step.

Everybody pays the first tier's price on joining; when the group closes, the highest tier with no
more people than paid is final, and everybody gets the difference back (domain rule 6).
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from chengtuan.kernel.money import Fen
from chengtuan.modules.trade.problems import BadTiers

MAX_GROUP_SIZE = 500


class CampaignKind(StrEnum):
    FIXED = "fixed"
    LADDER = "ladder"


def check_tiers(kind: CampaignKind, people: Sequence[int], prices_by_sku: Sequence[Sequence[Fen]]) -> None:
    """Raises BadTiers(reason) unless people rise strictly, prices never rise, and all make sense."""
    if kind is CampaignKind.FIXED and len(people) != 1:
        raise BadTiers(reason="fixed_needs_one_tier")
    if kind is CampaignKind.LADDER and not 2 <= len(people) <= 5:
        raise BadTiers(reason="ladder_needs_two_to_five_tiers")
    if people[0] < 2 or people[-1] > MAX_GROUP_SIZE:
        raise BadTiers(reason="people_out_of_range")
    if any(later <= earlier for earlier, later in pairwise(people)):
        raise BadTiers(reason="people_must_rise")
    for prices in prices_by_sku:
        if len(prices) != len(people) or any(price <= 0 for price in prices):
            raise BadTiers(reason="price_missing_or_not_positive")
        if any(later > earlier for earlier, later in pairwise(prices)):
            raise BadTiers(reason="prices_must_not_rise")


def tier_reached(people: Sequence[int], paid: int) -> int | None:
    """The index of the highest tier that `paid` people reach; None below the first."""
    reached = [index for index, needed in enumerate(people) if paid >= needed]
    return reached[-1] if reached else None


def next_tier(people: Sequence[int], paid: int) -> int | None:
    """The index of the tier to be reached next; None at the top."""
    return next((index for index, needed in enumerate(people) if paid < needed), None)
