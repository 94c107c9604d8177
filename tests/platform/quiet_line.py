"""A line to PostgreSQL that can fall silent: what a stopped server or a broken network looks like from here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from psycopg.conninfo import conninfo_to_dict, make_conninfo


@dataclass
class QuietLine:
    """While `open` is cleared, nothing arrives at either end, and nothing is closed."""

    conninfo: str
    open: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def hang_up(self) -> None:
        """What a restart does to every connection."""
        for writer in self.writers:
            writer.close()
        self.writers.clear()


@contextlib.asynccontextmanager
async def quiet_line(conninfo: str) -> AsyncIterator[QuietLine]:
    parts = conninfo_to_dict(conninfo)
    host, port = str(parts["host"]), int(str(parts["port"]))
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await line.open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await line.open.wait()
        if host.startswith("/"):
            inner, outer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            inner, outer = await asyncio.open_connection(host, port)
        line.writers += [writer, outer]
        for one in (carry(reader, outer), carry(inner, writer)):
            tasks.add(task := asyncio.create_task(one))
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    own_port = server.sockets[0].getsockname()[1]
    line = QuietLine(make_conninfo(conninfo, host="127.0.0.1", hostaddr=None, port=own_port))
    line.open.set()
    try:
        yield line
    finally:
        line.open.set()
        line.hang_up()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
