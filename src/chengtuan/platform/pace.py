"""Keeps a stream of calls under its limit, whichever of our processes they come from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chengtuan.kernel.clock import Clock
from chengtuan.platform.combiner import Combiner
from chengtuan.platform.database import Database, WriteSession


@dataclass(frozen=True, slots=True)
class Turn:
    """When it is, and how long that is from the moment it was given."""

    at: datetime
    wait: timedelta


class Pace:
    """Lets callers through one after the other, at most `per_second` of them in all processes together.

    A row knows when the next turn is; taking some moves it on. It counts in the database's time, if no clock is given:
    the product's clock moves with a test, which a partner's limit does not, and the clocks of two machines differ. The
    partner's own answer to too much (FrequencyLimited) is the last line.
    """

    def __init__(self, database: Database, name: str, *, per_second: float, clock: Clock | None = None) -> None:
        self._database = database
        self._name = f"pace:{name}"
        self._gap = timedelta(seconds=1 / per_second)
        self._clock = clock
        self._lane: Combiner[None, Turn] = Combiner(self._take_for)

    async def turn(self) -> None:
        claimed = await self.claim()
        if claimed.wait > timedelta():
            await asyncio.sleep(claimed.wait.total_seconds())

    async def claim(self) -> Turn:
        """The caller's turn: nobody else has one less than a gap before it or after it.

        Those who ask while a transaction is under way get their turns together in the next one, in the order in which
        they asked. Raises Overloaded.
        """
        return await self._lane.submit(None)

    async def take(self, tx: WriteSession, count: int, *, earliest: datetime | None = None) -> list[Turn]:
        """So many turns in a row, none of them before `earliest`. Others wait for theirs until `tx` ends."""
        first = await tx.fetch_one(
            Turn,
            "with right_now as (select coalesce(%(now)s::timestamptz, clock_timestamp()) as at),"
            " wanted as (select greatest(at, %(earliest)s::timestamptz) as at from right_now),"
            " taken as (insert into rate_limit as r (key, full_at) select %(name)s, at + %(long)s from wanted"
            "  on conflict (key) do update set full_at = greatest(r.full_at, excluded.full_at - %(long)s) + %(long)s"
            "  returning full_at - %(long)s as at)"
            " select taken.at, taken.at - right_now.at as wait from taken, right_now",
            {
                "name": self._name,
                "now": self._clock.now() if self._clock else None,
                "earliest": earliest,
                "long": self._gap * count,
            },
        )
        assert first is not None
        return [Turn(first.at + self._gap * n, first.wait + self._gap * n) for n in range(count)]

    async def _take_for(self, callers: Sequence[None]) -> list[Turn]:
        async with self._database.write() as tx:  # nobody but other callers' claims holds this row
            return await self.take(tx, len(callers))
