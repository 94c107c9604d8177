import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.kernel.money import apportion, format_yuan, permille_of

FEN = st.integers(min_value=0, max_value=10**13)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1, "0.01"), (12345, "123.45"), (-5, "-0.05"), (-12345, "-123.45")]
)
def test_yuan_are_written_with_two_digits(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "permille", "result"),
    [(10000, 900, 9000), (10000, 800, 8000), (1, 500, 1), (1, 499, 0), (999, 850, 849), (3, 333, 1), (5, 0, 0)],
)
def test_a_share_is_rounded_half_up(fen: int, permille: int, result: int) -> None:
    assert permille_of(fen, permille) == result


@given(FEN, st.integers(min_value=0, max_value=1000))
def test_a_share_is_within_half_a_fen(fen: int, permille: int) -> None:
    assert abs(permille_of(fen, permille) * 1000 - fen * permille) <= 500


@pytest.mark.parametrize(("fen", "permille"), [(-1, 900), (1, -1)])
def test_a_share_of_less_than_nothing_is_refused(fen: int, permille: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        permille_of(fen, permille)


@given(FEN, WEIGHTS)
def test_parts_sum_to_the_whole_and_differ_from_the_exact_by_less_than_a_fen(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(FEN, WEIGHTS)
def test_more_weight_never_means_less_money(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    pairs = sorted(zip(weights, parts, strict=True))
    by_weight = [part for _, part in pairs]
    assert all(
        later >= earlier for (weight, earlier), (heavier, later) in itertools.pairwise(pairs) if heavier > weight
    ), by_weight


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_nothing_to_divide_by_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        apportion(100, weights)


def test_left_over_fen_go_to_the_largest_remainders_first_in_order() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(100, [1, 2, 3]) == [17, 33, 50]
