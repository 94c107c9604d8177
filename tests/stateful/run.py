"""Runs a block of schedules in one world."""

import threading
from collections import Counter
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import get_state_machine_test

from tests.stateful.playground import open_playground
from tests.stateful.schedules import Schedules

STEPS = 14
PATIENCE_S = 60
"""How long a schedule that breaks a rule is shortened."""


def run_schedules(
    database_url: str,
    folder: Path,
    *,
    seed: int,
    count: int,
    shrink: bool = True,
    flash: bool = True,
    given_up: threading.Event | None = None,
) -> Counter[str]:
    """`count` schedules, all from the seed, with flash sales or without.

    Raises what a schedule raised, with the shortest one that does; GivenUp from the next step on once it is.
    """
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    wanted = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    with pytest.MonkeyPatch.context() as patch, open_playground(database_url, folder) as playground:
        patch.setattr(engine, "MAX_SHRINKING_SECONDS", PATIENCE_S)
        playground.given_up = given_up or playground.given_up
        machine = hypothesis.seed(seed)(type("Schedules", (Schedules,), {"playground": playground, "flash": flash}))
        get_state_machine_test(machine, settings=wanted)()
        return playground.figures()
