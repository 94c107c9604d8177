"""Play one round, with or without a guard; a round that breaks down is a violation too."""

import asyncio
import traceback

from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result

_FRAMES = 4


async def play_round(proof: Proof, ground: Ground, seed: int, *, small: bool = False) -> Result:
    """`small`: the smaller one, if the proof has one."""
    play = (proof.small if small else None) or proof.round
    try:
        async with asyncio.timeout(proof.patience_s):
            return await play(ground, seed)
    except Exception as error:  # noqa: BLE001  (whatever it was, it refutes the claim until it is understood)
        where = "".join(traceback.format_tb(error.__traceback__)[-_FRAMES:])
        return Result(violations=[f"the round broke down: {error!r}\n{where}"])


async def play_control(proof: Proof, control: Control, ground: Ground, seed: int) -> Result:
    """A round with the guard taken away."""
    with control.without(ground):
        return await play_round(proof, ground, seed)


def shows_damage(control: Control, result: Result) -> bool:
    return any(control.shows in violation for violation in result.violations)
