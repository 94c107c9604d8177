"""Keeps calls to a partner under its limit, whichever of our processes they come from."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from chengtuan.kernel.clock import Clock
from chengtuan.platform.database import Database


@dataclass(frozen=True, slots=True)
class Turn:
    """When it is, and how long that is from the moment it was given."""

    at: datetime
    wait: timedelta


class Pace:
    """Lets callers through one after the other, at most `per_second` of them in all processes together.

    A row knows when the next turn is; taking one moves it on. It counts in the database's time: the product's clock
    moves with a test, which the partner's limit does not, and the clocks of two machines differ. The partner's own
    answer to too much (FrequencyLimited) is the last line.
    """

    def __init__(self, database: Database, name: str, *, per_second: float, clock: Clock | None = None) -> None:
        self._database = database
        self._name = f"pace:{name}"
        self._gap = timedelta(seconds=1 / per_second)
        self._clock = clock

    async def turn(self) -> None:
        claimed = await self.claim()
        if claimed.wait > timedelta():
            await asyncio.sleep(claimed.wait.total_seconds())

    async def claim(self) -> Turn:
        """The caller's turn: nobody else has one less than a gap before it or after it."""
        now = self._clock.now() if self._clock else None
        async with self._database.write() as tx:
            claimed = await tx.fetch_one(
                Turn,
                "with right_now as (select coalesce(%(now)s::timestamptz, clock_timestamp()) as at),"
                " taken as (insert into rate_limit as r (key, full_at) select %(name)s, at + %(gap)s from right_now"
                "  on conflict (key) do update set full_at = greatest(r.full_at, excluded.full_at - %(gap)s) + %(gap)s"
                "  returning full_at - %(gap)s as at)"
                " select taken.at, taken.at - right_now.at as wait from taken, right_now",
                {"name": self._name, "now": now, "gap": self._gap},
            )
        assert claimed is not None
        return claimed
