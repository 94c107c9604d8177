"""Everything an admission is judged by, read in one round trip; in a transaction, the contended rows are locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts import FACTS, Asked
from chengtuan.modules.trade.admission.rows.facts.fact import Held, Params
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.platform.database import ReadSession, WriteSession


async def read_snapshot(db: ReadSession, wishes: Sequence[Wish], now: datetime) -> Snapshot:
    """What the rules need about these wishes, as it is at the moment."""
    asked = Asked(wishes, now)
    return await _read(db, asked, _params(asked), locking=False)


async def lock_snapshot(tx: WriteSession, wishes: Sequence[Wish], now: datetime) -> Snapshot:
    """The same with the contended rows locked: it stays true until the transaction ends."""
    asked = Asked(wishes, now)
    snapshot = await _read(tx, asked, _params(asked), locking=True)
    _note_locks(tx, asked, snapshot)
    return snapshot


async def lock_free_snapshot(tx: WriteSession, wishes: Sequence[Wish], now: datetime) -> tuple[Snapshot, set[UUID]]:
    """The same without waiting for anybody's lock, and the ids of the wishes that would have had to wait.

    Those must not be decided on this snapshot: their rows are not locked.
    """
    asked = Asked(wishes, now)
    params = _params(asked)
    queries = [
        (Held, query.held, params) for fact in FACTS if fact.asked_for(asked) for query in fact.queries if query.held
    ]
    held = {row.id for rows in await tx.fetch_each(*queries) for row in rows}
    snapshot = await _read(tx, asked, params, locking=False)
    _note_locks(tx, asked, snapshot)

    def is_held(wish: Wish) -> bool:
        group = snapshot.groups.get(wish.group_id) if wish.group_id else None
        needed = {wish.group_id, group.activity_id if group else wish.activity_id, *wish.buyer_ids}
        return not held.isdisjoint(needed | {line.sku_id for line in wish.lines})

    return snapshot, {wish.order_id for wish in wishes if is_held(wish)}


def _note_locks(tx: WriteSession, asked: Asked, snapshot: Snapshot) -> None:
    taken(tx, Lock.BUYER, (user_id for wish in asked.wishes for user_id in wish.buyer_ids))
    taken(tx, Lock.GROUP, snapshot.groups)
    taken(tx, Lock.FLASH, (wish.activity_id for wish in asked.wishes if wish.hold_id and wish.activity_id))
    taken(tx, Lock.ACTIVITY, snapshot.activities)
    taken(tx, Lock.STOCK, snapshot.skus)


def _params(asked: Asked) -> Params:
    params = asked.params()
    for fact in FACTS:
        params |= fact.params(asked)
    return params


async def _read(session: ReadSession | WriteSession, asked: Asked, params: Params, *, locking: bool) -> Snapshot:
    facts = [fact for fact in FACTS if fact.asked_for(asked)]
    queries = [
        (query.kind, query.locked if locking and query.locked else query.sql, params)
        for fact in facts
        for query in fact.queries
    ]
    rows = iter(await session.fetch_each(*queries))
    fields: dict[str, Any] = {}
    for fact in facts:
        fields |= fact.fold([next(rows) for _ in fact.queries])
    return Snapshot(now=asked.now, **fields)
