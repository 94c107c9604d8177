"""Load of single requests: the same ones again and again, or each of them once."""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import cycle

from benchmarks.load.connection import Connection, connect
from benchmarks.load.meter import Meter, Result


async def drive(
    requests: list[bytes],
    *,
    port: int,
    concurrency: int,
    warmup_s: float,
    seconds: float | None,
    once: bool,
    keep: bool = False,
) -> Result:
    """`concurrency` connections, each asking again as soon as it is answered; with `keep` bodies are kept."""
    connections = [await connect(port) for _ in range(concurrency)]
    turns = enumerate(requests)
    supply: Iterator[tuple[int, bytes]] = turns if once else cycle(turns)
    meter = Meter(warmup_s, seconds)
    bodies: dict[int, str] | None = {} if keep else None
    drivers = [_Driver(connection, supply, meter, bodies) for connection in connections]
    for driver in drivers:
        driver.go_on()
    await asyncio.gather(*(driver.done for driver in drivers))
    for connection in connections:
        connection.close()
    result = meter.result(ran_out=any(driver.ran_out for driver in drivers))
    result.bodies = [body for _, body in sorted((bodies or {}).items())]
    return result


class _Driver:
    """No task and no future per request: the generator shares the machine with what it measures."""

    def __init__(
        self,
        connection: Connection,
        supply: Iterator[tuple[int, bytes]],
        meter: Meter,
        bodies: dict[int, str] | None,
    ) -> None:
        self._connection = connection
        self._supply = supply
        self._meter = meter
        self._bodies = bodies
        self._number = 0
        self._since = 0.0
        self.ran_out = False
        self.done = asyncio.get_running_loop().create_future()
        connection.broken.add_done_callback(self._hung_up)

    def go_on(self) -> None:
        if self._meter.over():
            self._finish()
            return
        turn = next(self._supply, None)
        if turn is None:
            self.ran_out = True
            self._finish()
            return
        self._number, request = turn
        self._since = time.perf_counter()
        self._connection.ask(request, self._answered)

    def _answered(self, status: int, body: bytes) -> None:
        self._meter.finished(self._since, "ok" if status < 300 else refusal(status, body))
        if self._bodies is not None:
            self._bodies[self._number] = body.decode()
        self.go_on()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _hung_up(self, _: object) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server hung up"))


def refusal(status: int, body: bytes) -> str:
    try:
        return f"{status} {json.loads(body)['code']}"
    except (ValueError, KeyError, TypeError):
        return str(status)
