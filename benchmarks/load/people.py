"""Load of people who each do several things, one after the other."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks.load.connection import Connection, connect
from benchmarks.load.meter import Meter, Result
from benchmarks.load.single import refusal


class Refused(Exception):
    """A step was answered with a problem."""


@dataclass(frozen=True)
class Buyer:
    """`wish` is the body of what is ordered."""

    token: str
    wish: dict[str, Any]


Errand: TypeAlias = Callable[[Buyer, Connection, Connection], Awaitable[list[str]]]
"""What somebody does, over a connection to the shop and one to the sandbox; what they have then. Raises Refused."""


async def drive(
    errand: Errand,
    buyers: list[Buyer],
    *,
    port: int,
    sandbox_port: int,
    concurrency: int,
    warmup_s: float,
    seconds: float | None,
) -> Result:
    """Each buyer goes once; the result names what they bought, in the order of the buyers."""
    supply, meter = iter(enumerate(buyers)), Meter(warmup_s, seconds)
    bought: dict[int, list[str]] = {}
    pairs = [(await connect(port), await connect(sandbox_port)) for _ in range(concurrency)]
    ran_out = any(await asyncio.gather(*(_go(errand, pair, supply, meter, bought) for pair in pairs)))
    for pair in pairs:
        for connection in pair:
            connection.close()
    result = meter.result(ran_out=ran_out)
    result.bought = [each for _, each in sorted(bought.items())]
    return result


async def _go(
    errand: Errand,
    pair: tuple[Connection, Connection],
    supply: Iterator[tuple[int, Buyer]],
    meter: Meter,
    bought: dict[int, list[str]],
) -> bool:
    """Whether the buyers ran out."""
    while not meter.over():
        turn = next(supply, None)
        if turn is None:
            return True
        number, buyer = turn
        since = time.perf_counter()
        try:
            bought[number] = await errand(buyer, *pair)
        except Refused as refused:
            meter.finished(since, str(refused))
        else:
            meter.finished(since, "ok")
    return False


async def step(connection: Connection, request: bytes) -> dict[str, Any]:
    """The answer. Raises Refused."""
    status, body = await connection.answer(request)
    if status >= 300:
        raise Refused(refusal(status, body))
    answer: dict[str, Any] = json.loads(body)
    return answer
