"""What the comparison with other shops writes, and how its load generator reads answers. No peer is installed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers.load.line import Line
from benchmarks.peers.load.visitor import Refused, Step, Visitor
from benchmarks.peers.measure import Crowd, Measured
from benchmarks.peers.table import Shop, as_markdown, beside, show, write

THEIRS = Measured("2 workers", 8, 20.0, 300.0, 400.0, {"ok": 80}, 40.0, 10.0, 1000, 99.0)
OURS = Measured("1 worker", 64, 2000.0, 20.0, 30.0, {"ok": 8000}, 0.4, 0.1, 300, 0.5)
CROWD = Crowd(stock=50, buyers=500, told=60, sold=60, allocated=60, left=-10, seconds=9.0, answers={"ok": 60})


def a_shop() -> Shop:
    rows = beside("other", "1.0", {"order": THEIRS, "order_last_step": THEIRS}, {"order": OURS})
    return Shop("other", "Other", "1.0", rows, CROWD)


def test_a_row_says_how_many_times_ours_is_theirs() -> None:
    rows = a_shop().rows
    assert [(row.row, row.ratio) for row in rows] == [("peer:other:order", 100), ("peer:other:order_last_step", 100)]


def test_the_table_has_what_there_is_and_a_dash_for_what_there_is_not() -> None:
    shops = [a_shop(), Shop("ours", "Ours", "", [], replace(CROWD, told=50, sold=50, allocated=50, left=0))]
    table = as_markdown(shops)
    assert "| an order, whole | 20 of 2000/s: **100×**; p99 400 of 30 ms; CPU 50.0 of 0.50 ms |" in table
    assert "| a product's page | – |" in table
    assert "| Other | 60 | 60 | 60 | -10 | **oversold** |" in table
    assert "| Ours | 50 | 50 | 50 | 0 | exact |" in table


def test_the_file_keeps_rows_and_what_became_of_little_stock(tmp_path: Path) -> None:
    write(tmp_path / "peers.json", [a_shop()], machine="one", commit="abc")
    document = json.loads((tmp_path / "peers.json").read_text())
    assert document["rows"][0]["theirs"]["rps"] == 20
    assert document["little_stock"][0]["row"] == "peer:other:little_stock"
    assert document["little_stock"][0]["oversold"]
    assert "OVERSOLD" in show([a_shop()])


@pytest.mark.parametrize(("sold", "allocated", "oversold"), [(50, 50, False), (48, 48, False), (50, 51, True)])
def test_more_allocated_than_there_was_is_oversold(sold: int, allocated: int, oversold: bool) -> None:
    assert replace(CROWD, sold=sold, allocated=allocated).oversold == oversold


def test_a_script_remembers_cookies_takes_what_it_is_told_and_asks_until_it_is_done() -> None:
    said = [
        b'HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; Path=/\r\nContent-Length: 19\r\n\r\n{"check":"/task/7"}',
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nnot\r\n4\r\n yet\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone",
    ]
    steps = [
        Step("begin", "/begin", "POST", {"a": "b c"}, take={"check": '"check":"([^"]+)"'}),
        Step("look", "{check}", until="done", pause=0),
    ]

    async def go(port: int) -> Visitor:
        visitor = Visitor({}, {})
        assert (await visitor.go(steps, Line(port))).body == b"done"
        return visitor

    heard, visitor = asyncio.run(served(said, go))
    assert visitor.cookies == {"session": "abc"}
    assert [request.split(" HTTP")[0] for request in heard] == ["POST /begin", "GET /task/7", "GET /task/7"]
    assert heard[0].endswith("a=b+c")
    assert "cookie: session=abc" in heard[2]


def test_what_is_not_answered_as_it_has_to_be_is_refused_by_its_name() -> None:
    async def go(port: int) -> Visitor:
        visitor = Visitor({}, {})
        with pytest.raises(Refused, match="place: 302"):
            await visitor.go([Step("place", "/", expect="thank-you")], Line(port))
        return visitor

    asyncio.run(served([b"HTTP/1.1 302 Found\r\nLocation: /basket\r\nContent-Length: 0\r\n\r\n"], go))


async def served(said: list[bytes], go: Callable[[int], Awaitable[Visitor]]) -> tuple[list[str], Visitor]:
    """What was asked of a server that says these things, one after the other; it may hang up after any."""
    heard: list[str] = []
    answers = iter(said)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(65536):
            heard.append(request.decode())
            answer = next(answers)
            writer.write(answer)
            if b"Connection: close" in answer:
                break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        visitor = await go(server.sockets[0].getsockname()[1])
    return heard, visitor
