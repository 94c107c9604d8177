"""Keeps calls to the provider under its limit."""

import asyncio


class Pace:
    """Lets callers through one after the other, at most `per_second` of them.

    It counts in real time, not on the product's clock: the provider's limit does not move with a test.
    Each process has its own; the provider's own answer to too much (FrequencyLimited) is the last line.
    """

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)
