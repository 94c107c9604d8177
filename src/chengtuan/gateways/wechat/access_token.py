"""The mini program's access token: one refresher per process, and `stable_token` between processes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from chengtuan.kernel.clock import Clock

_MARGIN = timedelta(minutes=5)
"""Renewed this long before the end; the platform keeps the old token alive meanwhile."""


class AccessToken:
    """Caches the token. `fetch` returns it with its lifetime in seconds."""

    def __init__(self, clock: Clock, fetch: Callable[[], Awaitable[tuple[str, int]]]) -> None:
        self._clock = clock
        self._fetch = fetch
        self._token = ""
        self._renew_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """A token that is valid now; many callers at once cause one request."""
        async with self._lock:
            if self._renew_at is None or self._clock.now() >= self._renew_at:
                self._token, lifetime_s = await self._fetch()
                lifetime = timedelta(seconds=lifetime_s)
                self._renew_at = self._clock.now() + max(lifetime - _MARGIN, lifetime / 2)
            return self._token

    def forget(self, token: str) -> None:
        """The platform no longer accepts this token; a newer one that a neighbour fetched stays."""
        if token == self._token:
            self._renew_at = None
