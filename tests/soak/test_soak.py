"""A leak is found, and what only moves is none."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.soak.flat import Bound, trend
from tests.soak.table import line, tables
from tests.soak.verdict import BOUNDS, complaints
from tests.soak.watch import Sample

MINUTES = 30
USUAL = Sample(
    at_s=0.0,
    visits=0,
    errors=0,
    p50_ms=4.0,
    p99_ms=30.0,
    server_mb=130.0,
    sandbox_mb=70.0,
    postgres_mb=200.0,
    files=80,
    sessions=20,
    database_mb=60.0,
    tables={"trade.shop_order": 4.0},
)


def samples(shape: Callable[[int, random.Random], dict[str, Any]], seed: int = 1) -> list[Sample]:
    chance = random.Random(seed)
    return [replace(USUAL, at_s=60.0 * n, visits=1000 * n, **shape(n, chance)) for n in range(1, MINUTES + 1)]


def restless(n: int, chance: random.Random) -> dict[str, float]:
    """Memory moves by some megabytes, a checkpoint makes every seventh minute slow, and the first ones warm up."""
    return {
        "server_mb": 110.0 + min(n, 5) * 4 + chance.uniform(-2, 2),
        "postgres_mb": 200.0 + chance.uniform(-25, 25),
        "p99_ms": chance.uniform(20, 40) + (200 if n % 7 == 0 else 0),
        "files": 80 + chance.randint(-5, 15),
        "sessions": 20 + chance.randint(-2, 2),
    }


@pytest.mark.parametrize("seed", range(20))
def test_what_only_moves_is_flat(seed: int) -> None:
    assert complaints(samples(restless, seed)) == []


@pytest.mark.parametrize(
    ("leaks", "each_minute"),
    [("server_mb", 0.6), ("sandbox_mb", 1.0), ("postgres_mb", 3.5), ("files", 2), ("sessions", 0.4), ("p99_ms", 1.5)],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_leak_is_found(leaks: str, each_minute: float, seed: int) -> None:
    """The control: half a megabyte a minute of a server is one in two days."""

    def leaking(n: int, chance: random.Random) -> dict[str, float]:
        usual = restless(n, chance)
        return usual | {leaks: usual.get(leaks, getattr(USUAL, leaks)) + each_minute * n}

    assert [words.partition(" ")[0] for words in complaints(samples(leaking, seed))] == [leaks]


def test_one_failure_is_one_too_many() -> None:
    assert complaints([*samples(restless)[:-1], replace(USUAL, errors=1)]) == ["1 visits failed"]


def test_few_samples_say_nothing() -> None:
    assert complaints(samples(restless)[:6]) == ["6 samples are too few to judge what grows"]
    with pytest.raises(ValueError, match="too few"):
        trend([1.0] * 5)


def test_a_slope_is_not_moved_by_what_stands_out() -> None:
    seen = trend([100.0 + n for n in range(20)] + [100_000.0])
    assert seen.growth == pytest.approx(15.0)
    assert not seen.within(Bound(0.1, 5.0))
    assert seen.within(Bound(0.2, 5.0))


def test_every_bound_is_about_something_that_is_looked_at() -> None:
    assert all(hasattr(USUAL, name) for name in BOUNDS)


def test_samples_are_shown_minute_by_minute_and_tables_by_their_growth() -> None:
    first, last = USUAL, replace(USUAL, at_s=60.0, visits=1000, tables={"trade.shop_order": 5.0, "trade.job": 1.0})
    assert line(last, first).split()[:3] == ["1.0", "16.7", "0"]
    assert [row.split()[0] for row in tables([first, last])] == ["trade.shop_order", "trade.job"]
