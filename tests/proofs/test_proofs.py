"""The short versions of all proofs, and each control: the same checks as `make prove`, with fewer rounds."""

import asyncio
from pathlib import Path

import pytest

from chengtuan.platform.database import Database
from tests.proofs import schedules
from tests.proofs.catalogue import PROOFS
from tests.proofs.ground import Ground
from tests.proofs.play import play_control, play_round, shows_damage
from tests.proofs.proof import Control, Proof, Result

pytestmark = pytest.mark.slow


@pytest.fixture
def ground(session_database_url: str, tmp_path: Path) -> Ground:
    return Ground(session_database_url, tmp_path)


def _marks(proof: Proof) -> list[pytest.MarkDecorator]:
    return [getattr(pytest.mark, name) for name in proof.marks]


CONTROLS = [
    pytest.param(proof, control, marks=_marks(proof), id=f"{proof.slug}-{control.name}")
    for proof in PROOFS
    for control in proof.controls
    if not control.long_only
]


@pytest.mark.parametrize("proof", [pytest.param(proof, marks=_marks(proof), id=proof.slug) for proof in PROOFS])
@pytest.mark.feature("F51")
async def test_it_holds(proof: Proof, ground: Ground) -> None:
    total = Result()
    for seed in range(1, proof.short + 1):
        result = await play_round(proof, ground, seed, small=True)
        assert result.violations == [], f"python -m tests.proofs --only {proof.slug} --seed {seed}"
        total.add(result)
    assert proof.judge(total, proof.short) == []


@pytest.mark.parametrize(("proof", "control"), CONTROLS)
async def test_without_its_guard_it_does_not(proof: Proof, control: Control, ground: Ground) -> None:
    for seed in range(1, control.most_rounds + 1):
        if shows_damage(control, await play_control(proof, control, ground, seed)):
            return
    pytest.fail(f"{control.most_rounds} rounds without {control.removed} showed no damage")


async def test_schedules_that_take_too_long_have_ended_when_others_begin(ground: Ground) -> None:
    """While they play they have the way to the database in their hands."""
    as_it_is = Database.write
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await schedules.play(ground, 1)
    assert Database.write is as_it_is
