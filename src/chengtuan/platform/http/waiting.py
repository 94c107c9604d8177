"""Requests that wait on purpose, until what they ask about changes.

Whoever waits costs a look every few seconds, should a notification get lost, and a place. Places are few enough that
the process has room for everybody else, and nobody takes many. A place is free again at once when its client goes
away, and when the process is to end, everybody who waits is answered with what is known.
"""

import asyncio
import contextlib
import math
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.types import Receive

from chengtuan.kernel.problems import Overloaded, Problem, TooManyRequests
from chengtuan.platform import deadline
from chengtuan.platform.client_address import client_subject
from chengtuan.platform.http.budget import Budget
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.live import LiveHub

LOOK_AGAIN_S = 5.0
"""Even without a notification whoever waits looks again this often."""
FOR_EVER = math.inf
MAX_WAIT_S = 30
OF_KNOWN, OF_ONE_PERSON = 1500, 8
OF_STRANGERS, OF_ONE_ADDRESS = 2000, 250
"""Places: together fewer than the requests that a process takes at once."""
NO_PLACE: tuple[type[Problem], ...] = (TooManyRequests, Overloaded)
"""How one who finds no place is answered; they may look without waiting."""

Wait = Annotated[
    int, Query(ge=0, le=MAX_WAIT_S, description="Seconds in which the answer may wait for what it is asked about.")
]


class Turn:
    """Somebody who waits: they look and, as long as that does not do and `again()` says so, look again."""

    def __init__(self, bell: asyncio.Event, seconds: float, receive: Receive | None = None) -> None:
        self._bell = bell
        self._until = asyncio.get_running_loop().time() + seconds
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None
        self._over = False

    async def again(self) -> bool:
        """Waits; True when it is time to look again, False when there is no more waiting."""
        left = self._until - asyncio.get_running_loop().time()
        if self._over or left <= 0:
            return False
        if self._watch is None and self._receive is not None:
            self._watch = asyncio.create_task(self._end_with(self._receive))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(left, LOOK_AGAIN_S)):
                await self._bell.wait()
        self._bell.clear()
        deadline.renew()  # to wait was meant
        return not self._over

    def end(self) -> None:
        self._over = True
        self._bell.set()

    def leave(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    async def _end_with(self, receive: Receive) -> None:
        """With its client nobody is left to be answered."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()


class WaitingRoom:
    """All who wait in this process."""

    def __init__(self, live: LiveHub) -> None:
        self._live = live
        self._known = Budget(OF_KNOWN, OF_ONE_PERSON)
        self._strangers = Budget(OF_STRANGERS, OF_ONE_ADDRESS)
        self._turns: set[Turn] = set()
        self._closed = False

    @contextlib.contextmanager
    def turn(self, request: Request, topic: str, seconds: float, person: UUID | None = None) -> Iterator[Turn]:
        """`person`: who waits, if they are known. A stream waits FOR_EVER; of its client's end the framework hears.

        Raises NO_PLACE.
        """
        if self._closed or seconds <= 0:
            yield Turn(asyncio.Event(), 0)
            return
        budget, who = (self._known, str(person)) if person else (self._strangers, client_subject(client_ip(request)))
        budget.take(who, 1)
        try:
            with self._live.listen(topic) as bell:
                turn = Turn(bell, seconds, None if seconds == FOR_EVER else request.receive)
                self._turns.add(turn)
                try:
                    yield turn
                finally:
                    self._turns.discard(turn)
                    turn.leave()
        finally:
            budget.give_back(who, 1)

    def close(self) -> None:
        """The process is to end: everybody is answered now, and nobody waits any more."""
        self._closed = True
        for turn in self._turns:
            turn.end()
