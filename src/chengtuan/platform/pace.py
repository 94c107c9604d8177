"""Keeps calls to a partner under its limit, whichever of our processes they come from."""

import asyncio
from datetime import datetime, timedelta

from chengtuan.kernel.clock import Clock, SystemClock
from chengtuan.platform.database import Database


class Pace:
    """Lets callers through one after the other, at most `per_second` of them in all processes together.

    A row knows when the next turn is; taking one moves it on. It counts in real time, not on the product's clock: the
    partner's limit does not move with a test. The partner's own answer to too much (FrequencyLimited) is the last line.
    """

    def __init__(self, database: Database, name: str, *, per_second: float, clock: Clock | None = None) -> None:
        self._database = database
        self._name = f"pace:{name}"
        self._gap = timedelta(seconds=1 / per_second)
        self._clock = clock or SystemClock()

    async def turn(self) -> None:
        wait = await self.claim() - self._clock.now()
        if wait > timedelta():
            await asyncio.sleep(wait.total_seconds())

    async def claim(self) -> datetime:
        """When the caller's turn is: nobody else has one less than a gap before it or after it."""
        async with self._database.write() as tx:
            following: datetime = await tx.fetch_value(
                "insert into rate_limit as r (key, full_at) values (%(name)s, %(now)s::timestamptz + %(gap)s)"
                " on conflict (key) do update set full_at = greatest(r.full_at, %(now)s) + %(gap)s returning full_at",
                {"name": self._name, "now": self._clock.now(), "gap": self._gap},
            )
        return following - self._gap
