"""The product's server without its row locks, for the rushes' controls: `python -m tests.concurrency.unguarded PORT`.

Only here: the product has no switch for it. Reading and writing are a moment apart, so that a race that is
there shows in every rush and not now and then.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from chengtuan.apps import server
from chengtuan.modules.trade.admission.rows import snapshots
from chengtuan.modules.trade.admission.rows.facts import activities, buyers, goods, groups
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.platform.database import WriteSession

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
_MOMENT_S = 0.05


def app() -> Asgi:
    for query in (buyers.LOCK, groups.ROWS, activities.ROWS, goods.ROWS):
        query.locked = None
    setattr(submit_order, "lock_snapshot", _slow_snapshot)  # noqa: B010  (mypy: it is imported there, not exported)
    return server.app()


async def _slow_snapshot(tx: WriteSession, wishes: Sequence[Wish], now: Any) -> Snapshot:
    snapshot = await snapshots.lock_snapshot(tx, wishes, now)
    await asyncio.sleep(_MOMENT_S)
    return snapshot


if __name__ == "__main__":
    Granian(
        "tests.concurrency.unguarded:app",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        workers=1,
        backlog=4096,
        workers_kill_timeout=10,
    ).serve()
