"""A crowd at the doors of real servers: one request each, over hundreds of connections at once."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from benchmarks.load.connection import Connection, connect
from tests.concurrency.servers import Item, Servers
from tests.support.crowd import Member

CONNECTIONS = 128
"""To each server."""


@dataclass
class Outcome:
    """`told` counts the answers: `201`, or a problem's code. `won` are who was taken, with their orders."""

    told: Counter[str] = field(default_factory=Counter)
    won: list[tuple[Member, str]] = field(default_factory=list)


async def rush(servers: Servers, members: Sequence[Member], item: Item, mode: str, **wish: Any) -> Outcome:
    """Everybody orders the same thing, through both doors in turn."""
    outcome = Outcome()
    waiting = [iter(list(members[door :: len(servers.ports)])) for door in range(len(servers.ports))]
    doors = [
        (await connect(port), waiting[number]) for number, port in enumerate(servers.ports) for _ in range(CONNECTIONS)
    ]

    async def stand(connection: Connection, queue: Any) -> None:
        for member in queue:
            body = {"mode": mode, "sku_id": item.sku_id, "quantity": 1, "address_id": str(member.address_id)} | wish
            status, answer = await connection.answer(_request(member, body))
            code = "201" if status == 201 else str(json.loads(answer)["code"])
            outcome.told[code] += 1
            if status == 201:
                outcome.won.append((member, json.loads(answer)["id"]))

    try:
        await asyncio.gather(*(stand(connection, queue) for connection, queue in doors))
    finally:
        for connection, _ in doors:
            connection.close()
    return outcome


def _request(member: Member, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        "POST /api/v1/trade/orders HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {member.token}\r\nidempotency-key: {uuid4()}\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
