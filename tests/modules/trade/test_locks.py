"""Rows are locked in one order, and who does otherwise is told at once."""

from typing import Any
from uuid import UUID

import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade import locks
from chengtuan.modules.trade.groups.moves import end_groups
from chengtuan.modules.trade.locks import Lock, LockOrderViolated, taken
from chengtuan.modules.trade.orders.rows.orders import lock_orders
from chengtuan.modules.trade.paying import moves as paying_moves
from chengtuan.platform.database import WriteSession
from tests.conftest import NOON
from tests.support.shop import Shop

A, B = UUID(int=1), UUID(int=2)


def session() -> WriteSession:
    return WriteSession(None, MovableClock(NOON))  # type: ignore[arg-type]  # nothing is sent


@pytest.mark.parametrize("lock", list(Lock))
def test_a_class_is_never_locked_after_a_later_one(lock: Lock) -> None:
    for other in Lock:
        tx = session()
        taken(tx, other, [A])
        if other > lock:
            with pytest.raises(LockOrderViolated, match=f"{lock.name} after {other.name}"):
                taken(tx, lock, [A])
        else:
            taken(tx, lock, [B])


def test_what_is_held_may_be_named_again_and_transactions_know_nothing_of_each_other() -> None:
    tx, other = session(), session()
    known = len(locks._held)
    taken(tx, Lock.GROUP, [A])
    taken(tx, Lock.STOCK, [B])
    taken(tx, Lock.GROUP, [A])
    taken(tx, Lock.GROUP, [])
    taken(other, Lock.GROUP, [B])
    with pytest.raises(LockOrderViolated):
        taken(tx, Lock.GROUP, [A, B])
    assert len(locks._held) == known + 2
    del tx, other
    assert len(locks._held) <= known, "what has ended is forgotten"


async def test_a_flow_that_takes_them_the_other_way_round_fails(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a payment that locks stock before it forms groups is not taken."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    form = end_groups.form_groups

    async def backwards(tx: WriteSession, groups: Any) -> Any:
        taken(tx, Lock.STOCK, [A])
        await lock_orders(tx, [B])
        return await form(tx, groups)

    monkeypatch.setattr(paying_moves, "form_groups", backwards)
    await buyer.pay(order["id"])
    assert (await buyer.see(order["id"]))["status"] == "pending_payment", "the payment waits for its next try"
