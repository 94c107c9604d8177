"""What a campaign may be, as strategies: small enough that every limit is met."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.stateful.playground import PRICE

LADDERS = [(2, 3), (2, 4), (3, 4), (2, 3, 5)]


@dataclass(frozen=True)
class Terms:
    """`changes` are the fields of a campaign beyond its tiers."""

    people: tuple[int, ...]
    prices: tuple[int, ...]
    stock: int
    until_end_s: int
    changes: dict[str, Any]


@st.composite
def campaigns(draw: st.DrawFn) -> Terms:
    people = draw(st.sampled_from([(2,), (3,), (4,), *LADDERS]))
    steps = draw(st.lists(st.sampled_from([1000, 0, 1, 333]), min_size=len(people), max_size=len(people)))
    prices = tuple(PRICE - sum(steps[: n + 1]) for n in range(len(people)))
    until_end = draw(st.sampled_from([86400 * 30, 86400 * 30, 2400]))
    changes = {
        "group_duration_s": draw(st.sampled_from([3600, 1800, 300])),
        "stock_cap": draw(st.sampled_from([None, None, None, 3, 5, 8])),
        "per_user_limit": draw(st.sampled_from([None, None, 1, 3])),
        "newcomers_only": draw(st.sampled_from([False, False, True])),
        "overflow": draw(st.booleans()) if len(people) > 1 else False,
        "initiator_off_percent": draw(st.sampled_from([None, None, 1, 33, 100])),
        "hard_end": draw(st.booleans()),
    }
    return Terms(people, prices, draw(st.sampled_from([12, 8, 5, 3])), until_end, changes)
