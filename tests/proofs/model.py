"""The model of groups, seats, orders and payments: every interleaving, with a crash between any two steps."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from chengtuan.modules.trade.paying.rules import PaymentVerdict, judge_payment
from tests.model.explorer import explore
from tests.model.group_model import GroupModel
from tests.model.group_rules import stuck, wrong
from tests.model.state import State, start
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result

GROUPS: list[tuple[State, int]] = [
    # a group and its people, states at least: fewer would mean that the model has lost steps
    (start((2,), 3, two_channels=1), 8_000),
    (start((3,), 3), 8_800),
    (start((2,), 3, overflow=1), 8_900),
    (start((2, 3), 3, two_channels=1), 75_000),
    (start((2,), 4), 7_800),
    (start((2, 3), 4), 130_000),
    (start((2, 3), 4, overflow=1), 190_000),
]
_checked = [GroupModel()]
"""The last one is checked; a control puts a worse one on top."""


async def check_one_group(ground: Ground, seed: int) -> Result:
    """The seed picks the group; everything else is exhaustive."""
    group, least = GROUPS[(seed - 1) % len(GROUPS)]
    found = explore(group, _checked[-1].moves, wrong, stuck)
    violations = [] if found.violation is None else [f"{found.violation[1]} after {', '.join(found.violation[0])}"]
    if not violations and found.states < least:
        violations = [f"only {found.states} states, not {least}: the model has lost steps"]
    return Result(figures=Counter(states=found.states, steps=found.steps), violations=violations)


def _count_late_money(**facts: Any) -> PaymentVerdict:
    return judge_payment(**(facts | {"deadline": None}))


def _count_money_of_ended_groups(**facts: Any) -> PaymentVerdict:
    group = "open" if facts["group_status"] == "failed" else facts["group_status"]
    return judge_payment(**(facts | {"group_status": group}))


def _checking(model: GroupModel) -> Callable[[Ground], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def checking(_: Ground) -> Iterator[None]:
        _checked.append(model)
        try:
            yield
        finally:
            _checked.pop()

    return checking


PROOF = Proof(
    slug="model",
    claim="In no order of the steps of four people, with a crash between any two, is a rule broken or anybody stuck.",
    rule="1, 2, 3, 6",
    round=check_one_group,
    short=3,
    long=len(GROUPS),
    controls=[
        Control(
            name="late-money",
            removed="the deadline, where a payment is judged",
            shows="a payment after the deadline counted",
            without=_checking(GroupModel(judge=_count_late_money)),
        ),
        Control(
            name="ended-groups",
            removed="the look at the group's state, where a payment is judged",
            shows="an order waits for a group that has ended",
            without=_checking(GroupModel(judge=_count_money_of_ended_groups)),
        ),
        Control(
            name="release-twice",
            removed="the condition under which a hold is released",
            shows="seats: paid",
            without=_checking(GroupModel(release_twice=True)),
        ),
        Control(
            name="no-questions",
            removed="the questions that stand in for lost callbacks",
            shows="waits for ever",
            without=_checking(GroupModel(asks=False)),
        ),
    ],
)
