"""People take units of flash sales: a batch in the transaction that locks the sales."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.rows.holds import Hold, HoldRecord, insert_holds
from chengtuan.modules.trade.flash.rows.snapshots import lock_sales
from chengtuan.modules.trade.flash.rows.stock import Moved, move
from chengtuan.modules.trade.flash.rules.take import HoldWish, Taken, Verdict, take
from chengtuan.modules.trade.orders.rows.united import remember_united
from chengtuan.modules.trade.states import HoldStatus
from chengtuan.platform.database import WriteSession

Answer: TypeAlias = Hold | UUID | Problem
"""The hold as it was written, or only its id where it was taken before."""


async def take_holds(tx: WriteSession, wishes: Sequence[HoldWish]) -> list[Answer]:
    """One answer per wish, in order. What is written and what is answered is as of when they were judged."""
    now = tx.clock.now()
    verdicts = take(await lock_sales(tx, wishes, now), wishes)
    taken = [verdict.wish for verdict in verdicts if isinstance(verdict, Taken)]
    if taken:
        await _write(tx, taken, now)
    return [_answer(verdict, now) for verdict in verdicts]


async def _write(tx: WriteSession, wishes: Sequence[HoldWish], now: datetime) -> None:
    """Without conditions: constraints refuse whatever the rules let through by mistake."""
    units: dict[tuple[UUID, UUID], int] = {}
    for wish in wishes:
        key = (wish.sale_id, wish.sku_id)
        units[key] = units.get(key, 0) + wish.quantity
    async with tx.pipelined():
        await insert_holds(
            tx,
            [
                HoldRecord(
                    id=wish.hold_id,
                    activity_id=wish.sale_id,
                    sku_id=wish.sku_id,
                    user_id=wish.user_id,
                    request_id=wish.request_id,
                    request_hash=wish.fingerprint,
                    quantity=wish.quantity,
                    address_id=wish.address_id,
                    device=wish.device,
                    status=HoldStatus.HELD.value,
                    created_at=now,
                )
                for wish in wishes
            ],
        )
        await move(tx, {key: Moved(held=n) for key, n in units.items()})
        await remember_united(tx, ((absorbed, wish.user_id) for wish in wishes for absorbed in wish.absorbed))


def _answer(verdict: Verdict, now: datetime) -> Answer:
    if isinstance(verdict, Problem):
        return verdict
    if not isinstance(verdict, Taken):
        return verdict.hold_id
    wish = verdict.wish
    return Hold(
        id=wish.hold_id,
        activity_id=wish.sale_id,
        sku_id=wish.sku_id,
        user_id=wish.user_id,
        quantity=wish.quantity,
        status=HoldStatus.HELD.value,
        order_id=None,
        problem=None,
        created_at=now,
    )
