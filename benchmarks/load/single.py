"""Load of single requests: the same ones again and again, or each of them once."""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import cycle

from benchmarks.load.connection import Connection, connect
from benchmarks.load.meter import Meter, Result


async def drive(
    requests: list[bytes], *, port: int, concurrency: int, warmup_s: float, seconds: float, once: bool
) -> Result:
    """`concurrency` connections, each asking again as soon as it is answered."""
    connections = [await connect(port) for _ in range(concurrency)]
    supply: Iterator[bytes] = iter(requests) if once else cycle(requests)
    meter = Meter(warmup_s, seconds)
    drivers = [_Driver(connection, supply, meter) for connection in connections]
    for driver in drivers:
        driver.go_on()
    await asyncio.gather(*(driver.done for driver in drivers))
    for connection in connections:
        connection.close()
    return meter.result(ran_out=any(driver.ran_out for driver in drivers))


class _Driver:
    """No task and no future per request: the generator shares the machine with what it measures."""

    def __init__(self, connection: Connection, supply: Iterator[bytes], meter: Meter) -> None:
        self._connection = connection
        self._supply = supply
        self._meter = meter
        self._since = 0.0
        self.ran_out = False
        self.done = asyncio.get_running_loop().create_future()
        connection.broken.add_done_callback(self._hung_up)

    def go_on(self) -> None:
        if self._meter.over():
            self._finish()
            return
        request = next(self._supply, None)
        if request is None:
            self.ran_out = True
            self._finish()
            return
        self._since = time.perf_counter()
        self._connection.ask(request, self._answered)

    def _answered(self, status: int, body: bytes) -> None:
        self._meter.finished(self._since, "ok" if status < 300 else refusal(status, body))
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
