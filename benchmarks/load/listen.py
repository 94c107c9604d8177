"""Load of people who listen to one live stream while something changes: everybody has heard before the next change.

A unit is a message that somebody heard; it takes from the change's request until the message is there.
"""

import asyncio
import time
from typing import cast

from benchmarks.load.connection import connect
from benchmarks.load.meter import Meter, Result
from benchmarks.load.single import refusal

_PATIENCE_S = 10.0
_OF_ADDRESS = 100
"""Listeners that come from one network address: it has so many places, and a bit more."""


class NotHeard(Exception):
    """A listener was hung up on, or not answered."""


class _Ear(asyncio.Protocol):
    """A stream of server-sent events; `heard` is called for each `event:`, however the bytes are cut."""

    def __init__(self, crowd: "_Crowd") -> None:
        self._crowd = crowd
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._crowd.transports.append(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        *whole, self._received = received.split(b"\n\n")
        for message in whole:
            if b"event: " in message:
                self._crowd.heard()

    def connection_lost(self, _: Exception | None) -> None:
        self._crowd.lost += 1


class _Crowd:
    def __init__(self, size: int) -> None:
        self.transports: list[asyncio.Transport] = []
        self.size = size
        self.lost = 0
        self.times: list[float] = []
        self._everybody = asyncio.Event()

    def heard(self) -> None:
        self.times.append(time.perf_counter())
        if len(self.times) >= self.size:
            self._everybody.set()

    async def all_hear(self) -> list[float]:
        """When each of them heard. Raises NotHeard."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._everybody.wait()
        except TimeoutError:
            raise NotHeard(f"{len(self.times)} of {self.size} heard, {self.lost} were hung up on") from None
        self._everybody.clear()
        times, self.times = self.times, []
        return times


async def drive(
    look: bytes, changes: list[bytes], *, listeners: int, port: int, warmup_s: float, seconds: float | None
) -> Result:
    """`look` opens a stream, whose first message comes at once. The result's `made` counts changes."""
    crowd = _Crowd(listeners)
    for number in range(listeners):
        await _listen(crowd, look, port, f"127.0.0.{2 + number // _OF_ADDRESS}")
    await crowd.all_hear()
    changer, supply, made = await connect(port), iter(changes), 0
    meter = Meter(warmup_s, seconds)
    while not meter.over() and (change := next(supply, None)) is not None:
        since = time.perf_counter()
        status, body = await changer.answer(change)
        if status >= 300:
            raise NotHeard(refusal(status, body))
        made += 1
        for at in await crowd.all_hear():
            meter.finished(since, "ok", at)
    for transport in crowd.transports:
        transport.abort()
    changer.close()
    result = meter.result(ran_out=not meter.over())
    result.made = made
    return result


async def _listen(crowd: _Crowd, look: bytes, port: int, address: str) -> None:
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: _Ear(crowd), "127.0.0.1", port, local_addr=(address, 0)
    )
    transport.write(look)
