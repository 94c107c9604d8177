"""Rate limits in PostgreSQL (GCRA): one upsert decides, whichever process asks.

The table is unlogged: after a crash of the server everybody starts afresh, which is harmless.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from chengtuan.kernel.problems import TooManyRequests
from chengtuan.platform.database import Database, WriteSession


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `burst` at once, refilled at `burst` per `period`."""

    name: str
    burst: int
    period: timedelta


Use: TypeAlias = tuple[RateLimit, str]
"""A limit, and whose use of it."""
_MOST_USES = 128
"""More uses of one subject than these are not remembered: what strangers do is forgotten within hours."""


@dataclass(frozen=True, slots=True)
class Added:
    """`before`: how many uses of each subject were not forgotten yet.

    `counted` is what may be given back: who has the most uses already gets no further one, and must not get rid of
    one that was somebody's failure.
    """

    before: list[float]
    counted: list[Use]


class RateLimiter:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, limit: RateLimit, subject: str) -> None:
        """Count one use by `subject`. Raises TooManyRequests(retry_after_s)."""
        step = limit.period / limit.burst
        async with self._database.write() as tx:
            now = tx.clock.now()
            arguments = {
                "key": f"{limit.name}:{subject}",
                "now": now,
                "step": step,
                "slack": limit.period - step,
            }
            admitted = await tx.fetch_value(
                "insert into rate_limit as r (key, full_at) values (%(key)s, %(now)s::timestamptz + %(step)s)"
                " on conflict (key) do update set full_at = greatest(r.full_at, %(now)s) + %(step)s"
                " where greatest(r.full_at, %(now)s) - %(slack)s <= %(now)s returning key",
                arguments,
            )
            if admitted:
                return
            full_at = await tx.fetch_value("select full_at from rate_limit where key = %(key)s", arguments)
        wait = full_at - (limit.period - step) - now
        raise TooManyRequests(retry_after_s=max(1, int(wait.total_seconds() + 0.999)))

    async def add(self, subjects: Sequence[Use]) -> "Added":
        """Count one use of each, beyond a limit too, up to the most that are remembered.

        A burst of them is forgotten per period. Tries made at once each see those before them.
        """
        ordered = sorted(subjects, key=_key)  # rows are locked in one order
        async with self._database.write() as tx:
            now = tx.clock.now()
            rows = await tx.fetch_tuples(
                "insert into rate_limit as r (key, full_at)"
                " select key, %(now)s::timestamptz + step"
                " from unnest(%(keys)s::text[], %(steps)s::interval[]) as used (key, step) order by key"
                " on conflict (key) do update"
                " set full_at = greatest(r.full_at, %(now)s) + (excluded.full_at - %(now)s)"
                " where greatest(r.full_at, %(now)s) <= %(now)s + (excluded.full_at - %(now)s) * %(others)s"
                " returning key, full_at",
                {
                    "keys": [_key(use) for use in ordered],
                    "steps": [_step(use) for use in ordered],
                    "now": now,
                    "others": _MOST_USES - 1,
                },
            )
        full_at: dict[str, datetime] = dict(rows)
        return Added(
            [(full_at[_key(use)] - now) / _step(use) - 1 if _key(use) in full_at else _MOST_USES for use in subjects],
            [use for use in subjects if _key(use) in full_at],
        )

    async def count(
        self, tx: WriteSession, limit: RateLimit, uses: Mapping[str, int], *, most: timedelta
    ) -> dict[str, float]:
        """Count so many uses by each subject; how many are not forgotten yet, these included. Nobody is refused.

        Whatever is done to a subject is forgotten after `most`.
        """
        if not uses:
            return {}
        step, now = limit.period / limit.burst, tx.clock.now()
        key_of = {f"{limit.name}:{subject}": subject for subject in sorted(uses)}  # rows are locked in one order
        rows = await tx.fetch_tuples(
            "insert into rate_limit as r (key, full_at)"
            " select key, %(now)s::timestamptz + least(span, %(most)s)"
            " from unnest(%(keys)s::text[], %(spans)s::interval[]) as used (key, span) order by key"
            " on conflict (key) do update set full_at"
            " = least(greatest(r.full_at, %(now)s) + (excluded.full_at - %(now)s), %(now)s + %(most)s)"
            " returning key, full_at",
            {
                "keys": list(key_of),
                "spans": [step * uses[subject] for subject in key_of.values()],
                "now": now,
                "most": most,
            },
        )
        return {key_of[key]: (full_at - now) / step for key, full_at in rows}

    async def give_back(self, subjects: Sequence[Use]) -> None:
        """Forget one use of each, that was counted: it was none that counts."""
        async with self._database.write() as tx:
            for use in sorted(subjects, key=_key):
                await tx.execute("update rate_limit set full_at = full_at - %s where key = %s", (_step(use), _key(use)))


def _key(use: Use) -> str:
    limit, subject = use
    return f"{limit.name}:{subject}"


def _step(use: Use) -> timedelta:
    limit, _ = use
    return limit.period / limit.burst
