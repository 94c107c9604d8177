"""The model of groups, seats, orders and payments: every interleaving, with a crash between any two steps."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from chengtuan.modules.trade.domain.payment import PaymentVerdict, judge_payment
from tests.model.explorer import explore
from tests.model.group_model import Actor, GroupModel, State, wrong
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result

GROUPS: list[tuple[tuple[int, ...], int, int]] = [
    # tiers' people, actors, states at least: fewer would mean that the model has lost steps
    ((2,), 4, 800),
    ((2, 3), 4, 7000),
    ((3,), 4, 7000),
    ((4,), 4, 9000),
    ((2, 4), 4, 9000),
    ((2, 3, 5), 5, 100_000),
]
_checked = [GroupModel()]
"""The last one is checked; a control puts a worse one on top."""


async def check_one_group(ground: Ground, seed: int) -> Result:
    """The seed picks the group; everything else is exhaustive."""
    people, actors, least = GROUPS[seed % len(GROUPS)]
    found = explore(State(people=people, actors=(Actor(),) * actors), _checked[-1].moves, wrong)
    violations = [] if found.violation is None else [f"{found.violation[1]} after {', '.join(found.violation[0])}"]
    if not violations and found.states < least:
        violations = [f"only {found.states} states of {people} with {actors}: the model has lost steps"]
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
    claim="In no order of the steps of up to five people, with a crash between any two, is a rule broken.",
    rule="1, 2, 3",
    round=check_one_group,
    short=2,
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
    ],
)
