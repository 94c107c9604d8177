"""How many rows there may be after what clients were told."""

from benchmarks.checks import as_told
from benchmarks.load.meter import Result
from benchmarks.stage import Outcome


def _told(name: str, made: int | None = None, **answers: int) -> tuple[str, Outcome]:
    said = {what.removeprefix("_").replace("_", " "): count for what, count in answers.items()}
    return name, Outcome(Result(1.0, 1.0, 1.0, said), made=made)


def test_there_is_what_was_accepted_and_nothing_else() -> None:
    outcomes = [
        _told("home_read", ok=1000),
        _told("submit_order", ok=7, _409_sold_out=3),
        _told("join_seat", ok=5),
        _told("join_group", ok=4),
        _told("sse_fanout", ok=512 * 3, made=3),
        _told("flash_hold", ok=6),
        _told("flash_refuse", made=1, _409_sold_out=500),
    ]
    assert as_told(outcomes, prepared=10) == {"alone": (7, 7), "seats": (8, 8), "paid": (14, 14), "holds": (7, 7)}


def test_whoever_was_told_to_come_again_may_have_it_or_a_part_of_it() -> None:
    outcomes = [
        _told("submit_order", ok=7, _503_overloaded=2),
        _told("join_group", ok=4, _503_overloaded=3, never_counted=1),
    ]
    assert as_told(outcomes, prepared=0) == {"alone": (7, 9), "seats": (0, 4), "paid": (4, 8), "holds": (0, 0)}
