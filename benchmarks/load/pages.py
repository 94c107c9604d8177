"""Load of somebody who reads a list to its end, page by page, and then from its beginning."""

import asyncio
import time
from urllib.parse import quote

from benchmarks.load.connection import Connection, connect
from benchmarks.load.meter import Meter, Result
from benchmarks.load.people import Refused, step
from benchmarks.load.requests import get


async def drive(path: str, token: str, *, port: int, concurrency: int, warmup_s: float, seconds: float) -> Result:
    """A unit is an item. `path` has a query to which the cursor is added; a page's items come when the page does."""
    meter = Meter(warmup_s, seconds)
    readers = [await connect(port) for _ in range(concurrency)]
    await asyncio.gather(*(_read(reader, path, token, meter) for reader in readers))
    for reader in readers:
        reader.close()
    return meter.result(ran_out=False)


async def _read(reader: Connection, path: str, token: str, meter: Meter) -> None:
    cursor = ""
    while not meter.over():
        since = time.perf_counter()
        try:
            page = await step(reader, get(path + (f"&cursor={quote(cursor)}" if cursor else ""), token))
        except Refused as refused:
            meter.finished(since, str(refused))
            continue
        for _ in page["items"]:
            meter.finished(since, "ok")
        cursor = page["next_cursor"] or ""
