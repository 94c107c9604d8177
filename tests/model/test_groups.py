"""All interleavings of up to four people, with a crash possible between any two steps (rules 1-3)."""

from typing import Any

import pytest

from chengtuan.modules.trade.domain.payment import PaymentVerdict, judge_payment
from tests.model.explorer import explore
from tests.model.group_model import Actor, GroupModel, State, wrong


def start(people: tuple[int, ...], actors: int) -> State:
    return State(people=people, actors=(Actor(),) * actors)


@pytest.mark.parametrize(
    ("people", "actors", "states"),
    [
        ((2,), 4, 800),
        ((3,), 4, 7000),
        ((4,), 4, 9000),
        ((2, 3), 4, 7000),
        ((2, 4), 4, 9000),
        pytest.param((2, 3, 5), 5, 100_000, marks=pytest.mark.slow),
    ],
)
def test_no_interleaving_breaks_the_rules(people: tuple[int, ...], actors: int, states: int) -> None:
    result = explore(start(people, actors), GroupModel().moves, wrong)
    assert result.violation is None
    assert result.states >= states, "the model has lost steps"


def _count_late_money(**facts: Any) -> PaymentVerdict:
    """What if the deadline were ignored?"""
    return judge_payment(**(facts | {"deadline": None}))


def _count_money_of_ended_groups(**facts: Any) -> PaymentVerdict:
    """What if nobody looked whether the group is still there?"""
    group = "open" if facts["group_status"] == "failed" else facts["group_status"]
    return judge_payment(**(facts | {"group_status": group}))


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (GroupModel(judge=_count_late_money), "1: a payment after the deadline counted"),
        (GroupModel(judge=_count_money_of_ended_groups), "0: an order waits for a group that has ended"),
        (GroupModel(release_twice=True), "seats: paid 0, locked -1, size 2"),
    ],
    ids=["late money counts", "ended groups take money", "holds are released twice"],
)
def test_the_checker_finds_what_a_missing_rule_breaks(model: GroupModel, complaint: str) -> None:
    result = explore(start((2,), 3), model.moves, wrong)
    assert result.violation is not None
    steps, found = result.violation
    assert found == complaint, steps
