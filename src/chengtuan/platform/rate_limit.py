"""Rate limits in PostgreSQL (GCRA): one upsert decides, whichever process asks.

The table is unlogged: after a crash of the server everybody starts afresh, which is harmless.
"""

from dataclasses import dataclass
from datetime import timedelta

from chengtuan.kernel.problems import TooManyRequests
from chengtuan.platform.database import Database


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `burst` at once, refilled at `burst` per `period`."""

    name: str
    burst: int
    period: timedelta


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
