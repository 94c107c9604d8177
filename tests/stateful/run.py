"""Runs a block of schedules in one world."""

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


def run_schedules(database_url: str, folder: Path, *, seed: int, count: int, shrink: bool = True) -> Counter[str]:
    """`count` schedules, all from the seed. Raises what a schedule raised, with the shortest one that does."""
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
        machine = hypothesis.seed(seed)(type("Schedules", (Schedules,), {"playground": playground}))
        get_state_machine_test(machine, settings=wanted)()
        return playground.figures()
