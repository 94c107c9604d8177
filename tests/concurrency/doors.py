"""A crowd at the doors of real servers: one request each, over hundreds of connections at once."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from benchmarks.load.connection import Connection, connect
from benchmarks.load.requests import post
from tests.concurrency.servers import Item, Servers
from tests.support.crowd import Member
from tests.support.flash import SALES, shown

V = TypeVar("V")
ORDERS = "/api/v1/trade/orders"
CONNECTIONS = 128
"""To each server."""


@dataclass
class Outcome:
    """`told` counts the answers: `201`, or a problem's code. `won` are who was taken, with their orders."""

    told: Counter[str] = field(default_factory=Counter)
    won: list[tuple[Member, str]] = field(default_factory=list)

    def hear(self, member: Member, status: int, answer: bytes) -> None:
        body = json.loads(answer)
        self.told["201" if status == 201 else str(body["code"])] += 1
        if status == 201:
            self.won.append((member, body["id"]))


async def rush(servers: Servers, members: Sequence[Member], item: Item, mode: str, **wish: Any) -> Outcome:
    """Everybody orders the same thing, through both doors in turn."""
    outcome = Outcome()

    async def stand(connection: Connection, member: Member) -> None:
        body = {"mode": mode, "sku_id": item.sku_id, "quantity": 1, "address_id": str(member.address_id)} | wish
        outcome.hear(member, *await connection.answer(post(ORDERS, body, member.token, str(uuid4()))))

    await through_the_doors(servers, members, stand)
    return outcome


async def rush_for_a_sale(servers: Servers, members: Sequence[Member], item: Item, sale_id: str) -> Outcome:
    """Everybody has their ticket before the first of them asks for a unit, and then all of them do."""
    outcome, tickets = Outcome(), dict[Member, dict[str, str]]()
    path = f"{SALES}/{sale_id}"

    async def ask(connection: Connection, member: Member) -> None:
        status, answer = await connection.answer(post(f"{path}/tickets", {}, member.token, str(member.id)))
        assert status == 201, answer
        ticket = json.loads(answer)
        await asyncio.sleep(ticket["wait_s"])
        tickets[member] = shown(ticket)

    async def stand(connection: Connection, member: Member) -> None:
        body = {"sku_id": item.sku_id, "quantity": 1, "address_id": str(member.address_id)} | tickets[member]
        outcome.hear(member, *await connection.answer(post(f"{path}/holds", body, member.token, str(member.id))))

    await through_the_doors(servers, members, ask)
    await through_the_doors(servers, members, stand)
    return outcome


async def through_the_doors(
    servers: Servers, visitors: Sequence[V], visit: Callable[[Connection, V], Awaitable[None]]
) -> None:
    """Each of them through one of the doors in turn, hundreds at a time."""
    waiting = [iter(list(visitors[door :: len(servers.ports)])) for door in range(len(servers.ports))]

    async def stand(port: int, queue: Iterator[V]) -> None:
        connection = await connect(port)
        for visitor in queue:
            if connection.broken.done():  # a machine with much to do kept it silent for too long
                connection = await connect(port)
            await visit(connection, visitor)
        connection.close()

    doors = zip(servers.ports, waiting, strict=True)
    await asyncio.gather(*(stand(port, queue) for port, queue in doors for _ in range(CONNECTIONS)))
