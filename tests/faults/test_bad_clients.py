"""Clients that do not behave, in crowds, before the real server: everybody else is served, and memory is bounded."""

import asyncio
import contextlib
import random
import socket
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.faults.customers import Customers
from tests.faults.system import System
from tests.proofs.flash_crowd import FlashCrowd
from tests.support.crowd import Member
from tests.support.flash import SALES, shown

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.postgres]
IDLE, READERS, STREAMS, CROWD = 5000, 300, 300, 500
STREAMS_OF_ONE_ADDRESS = 250
SOME_MB = 100.0
"""Far less than what so many would take if anything were kept for each."""
PATIENCE_S = 60.0
DATES = cycle(["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2099 23:59:59 GMT", "yesterday"])
LISTINGS = "/api/v1/trade/listings?limit=3"


def memory_mb(system: System) -> float:
    """Of the process that serves."""
    assert system.server is not None
    children = Path(f"/proc/{system.server.pid}/task/{system.server.pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in children]
    return max(pages) * 4096 / 2**20


async def others_are_served(system: System, customers: Customers, number: int) -> None:
    """Somebody looks around and buys."""
    assert (await customers.http.get(f"{system.shop_url}{LISTINGS}")).status_code == 200
    await customers.buy(system.crowd(1)[0], system.products[number], "solo")


@contextlib.contextmanager
def many_sockets(system: System, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """Connections of clients that say this and do not read what they are answered."""
    opened = []
    try:
        for _ in range(count):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", system.port))
            one.sendall(said)
            opened.append(one)
        yield opened
    finally:
        for one in opened:
            one.close()


class Memory:
    """What the server holds beyond what it held before."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._before = memory_mb(system)

    def is_bounded(self) -> bool:
        """Asked while the bad clients are still there."""
        return memory_mb(self._system) - self._before < SOME_MB


@pytest.fixture
async def memory(system: System, customers: Customers) -> Memory:
    await others_are_served(system, customers, 0)
    return Memory(system)


@pytest.mark.feature("X4")
async def test_thousands_of_idle_connections_shut_nobody_out(
    system: System, customers: Customers, memory: Memory
) -> None:
    """More than the server takes requests at once: it used to wait for the end of one of them, and none ended."""
    with many_sockets(system, IDLE, b""):
        await others_are_served(system, customers, 0)
        assert memory.is_bounded()


async def test_slow_readers_of_large_answers_hold_nobody_up(
    system: System, customers: Customers, memory: Memory
) -> None:
    with many_sockets(system, READERS, b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n"):
        await others_are_served(system, customers, 1)
        assert memory.is_bounded()


async def test_streams_that_nobody_reads_are_bounded_and_their_places_free_again(
    system: System, customers: Customers, memory: Memory
) -> None:
    product = system.products[2]
    campaign = await customers.campaign(product, 30)
    [group] = await customers.open_groups(system.crowd(1), product, campaign)
    path = f"/api/v1/trade/groups/{group}/live"
    with many_sockets(system, STREAMS, f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode()) as streams:
        for member in system.crowd(20):  # each of them is news to all who listen
            await customers.buy(member, product, "join", group_id=group)
        told = Counter([await asyncio.to_thread(_status, one) for one in streams])
        assert told == {b"200": STREAMS_OF_ONE_ADDRESS, b"429": STREAMS - STREAMS_OF_ONE_ADDRESS}
        assert memory.is_bounded()
    async with asyncio.timeout(PATIENCE_S):
        while not await _streams(customers, f"{system.shop_url}{path}"):
            await asyncio.sleep(0.1)


def _status(one: socket.socket) -> bytes:
    one.settimeout(PATIENCE_S)
    return one.recv(64).split(maxsplit=2)[1]


async def _streams(customers: Customers, url: str) -> bool:
    async with customers.http.stream("GET", url) as answer:
        return answer.status_code == 200


async def test_a_stampede_on_an_expired_page_is_one_reading(
    system: System, customers: Customers, memory: Memory
) -> None:
    url = f"{system.shop_url}/api/v1/catalog/products/{system.products[3].product_id}"
    page = f"GET {httpx.URL(url).path} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    assert (await customers.http.get(url)).status_code == 200
    with psycopg.connect(system.url) as holder:
        holder.execute("lock table catalog.product in access exclusive mode")
        looks = []
        async with asyncio.timeout(PATIENCE_S):
            while not _readings(system):  # the page is still young
                looks.append(asyncio.create_task(customers.http.get(url)))
                await asyncio.sleep(0.1)
        crowd = [await asyncio.open_connection("127.0.0.1", system.port) for _ in range(CROWD)]
        for _, writer in crowd:
            writer.write(page)
        for _ in range(5):
            assert (await customers.http.get(f"{system.shop_url}/api/v1/meta")).status_code == 200
        assert _readings(system) == 1
        assert memory.is_bounded()
    async with asyncio.timeout(PATIENCE_S):
        answers = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _ in crowd))
        await asyncio.gather(*looks)
    for _, writer in crowd:
        writer.close()
    told = Counter(answer.split(maxsplit=2)[1] for answer in answers)
    assert told.keys() <= {b"200", b"503"}, "or whoever waited too long"
    assert told[b"200"] > CROWD / 2, told


def _readings(system: System) -> int:
    """Sessions that wait for the page's table."""
    waiting = "select count(*) from pg_locks where not granted and relation = 'catalog.product'::regclass"
    return int(system.rows(waiting)[0][0])


@pytest.mark.feature("F49")
async def test_tickets_of_others_old_ones_and_made_up_ones_take_nothing(system: System, customers: Customers) -> None:
    """Whatever time the client's own clock shows; and with the same key another wish is none."""
    crowd = FlashCrowd(customers, random.Random(1), system.products[4])
    await crowd.open_sale(5)
    ann, ben = system.crowd(2)
    key, other = str(uuid4()), str(uuid4())
    mine = shown((await _ask(customers, ann, f"{SALES}/{crowd.sale_id}/tickets", key)).json())

    async def hold(member: Member, key: str, **changes: Any) -> tuple[int, str]:
        body = {"sku_id": crowd.product.sku_id, "quantity": 1, "address_id": str(member.address_id)} | mine | changes
        answer = await _ask(customers, member, f"{SALES}/{crowd.sale_id}/holds", key, body)
        return answer.status_code, str(answer.json().get("code", answer.json().get("reason", "")))

    invalid = (409, "trade/ticket-invalid")
    forged = {"ticket": mine["ticket"][:-1] + ("0" if mine["ticket"][-1] != "0" else "1")}
    assert [await hold(ann, other), await hold(ben, key), await hold(ann, key, **forged)] == [invalid] * 3
    assert system.rows("select count(*) from trade.flash_hold") == [(0,)]
    assert [await hold(ann, key) for _ in range(3)] == [(201, "")] * 3, "sent again it is the same request"
    assert await hold(ann, key, quantity=2) == (409, "trade/idempotency-conflict")
    assert system.rows("select count(*), sum(quantity)::int from trade.flash_hold") == [(1, 1)]


async def _ask(customers: Customers, member: Member, path: str, key: str, body: Any = None) -> httpx.Response:
    """Each with a clock that shows another time."""
    headers = {"Authorization": f"Bearer {member.token}", "Idempotency-Key": key, "Date": next(DATES)}
    return await customers.http.post(f"{customers.system.shop_url}{path}", headers=headers, json=body)
