"""The platform's machinery over a real database, without the product's modules running on it.

It borrows the schemas of two modules, because roles, schemas and platform tables are there; effects go to a
table of its own, which exists during a test only.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.facade import OrderReadyToShip
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.events import OutboxWriter
from chengtuan.platform.jobs import JobWriter

PRODUCER, CONSUMER, OTHER = "catalog", "trade", "messaging"
EVENT = OrderReadyToShip
"""Any event would do; declaring one for tests would put it into the product's reference."""
PROBE = "create table if not exists probe (seq bigint generated always as identity, key text, n int)"


def outbox_to(*consumers: str) -> OutboxWriter:
    return OutboxWriter({EVENT.wire_name: consumers})


def database(
    url: str, clock: Clock, module: str, *, outbox: OutboxWriter | None = None, jobs: JobWriter | None = None
) -> Database:
    return Database(
        module=module,
        conninfo=url,
        clock=clock,
        outbox=outbox or OutboxWriter({}),
        jobs=jobs or JobWriter(),
        max_connections=4,
    )


def event(key: UUID, number: int, now: datetime) -> OrderReadyToShip:
    """`number` tells the events of a key apart."""
    return OrderReadyToShip(order_id=key, number=str(number), user_id=key, merchant_id=key, ready_at=now)


async def note(tx: WriteSession, key: str, number: int) -> None:
    await tx.execute("insert into probe (key, n) values (%s, %s)", (key, number))


async def note_event(tx: WriteSession, one: OrderReadyToShip) -> None:
    await note(tx, str(one.order_id), int(one.number))


async def noted(db: Database) -> list[tuple[str, int]]:
    async with db.read() as session:
        return [(key, n) for key, n in await session.fetch_tuples("select key, n from probe order by seq")]


def by_key(rows: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, number in rows:
        found.setdefault(key, []).append(number)
    return found


def new_keys(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]
