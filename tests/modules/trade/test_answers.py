"""What is answered to an order that was just placed is made of what was written, and is what anybody reads later."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from chengtuan.modules.trade.admission.rows.snapshots import lock_snapshot
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.platform.database import WriteSession
from tests.concurrency.stage import another_product
from tests.modules.trade.test_freight import sent_by
from tests.support.shop import Buyer, Shop

Wish = Callable[[Shop, Buyer], Awaitable[dict[str, Any]]]


async def _alone(shop: Shop, _: Buyer) -> dict[str, Any]:
    return {"mode": "solo", "quantity": 3, "remark": "請放門口"}


async def _several_with_freight(shop: Shop, _: Buyer) -> dict[str, Any]:
    await sent_by(shop)
    lines = [{"sku_id": sku_id, "quantity": 1} for sku_id in (await another_product(shop), shop.sku_id)]
    return {"mode": "solo", "sku_id": None, "quantity": None, "lines": lines}


async def _opening(shop: Shop, _: Buyer) -> dict[str, Any]:
    return {"mode": "open", "campaign_id": (await shop.campaign([2, 4], [9000, 8000]))["id"]}


async def _joining(shop: Shop, initiator: Buyer) -> dict[str, Any]:
    order = await initiator.open(await shop.campaign([2, 4], [9000, 8000], overflow=True))
    await initiator.pay(order["id"])
    return {"mode": "join", "group_id": order["group_id"]}


@pytest.mark.parametrize("wish_of", [_alone, _several_with_freight, _opening, _joining])
async def test_an_order_is_answered_as_it_is_read(shop: Shop, wish_of: Wish) -> None:
    buyer, key = await shop.shopper(1), uuid4()
    wish = await wish_of(shop, await shop.shopper(2))
    answer = await buyer.order(**wish, key=key)
    assert answer == await buyer.see(answer["id"])
    assert answer == await buyer.order(**wish, key=key), "the second time it is read"


async def test_seats_of_one_batch_are_all_in_every_answer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = await _joining(shop, await shop.shopper(1))
    buyers = [await shop.shopper(number) for number in (2, 3)]
    sizes: list[int] = []

    async def counted(tx: WriteSession, wishes: Any, *rest: Any) -> Snapshot:
        sizes.append(len(wishes))
        return await lock_snapshot(tx, wishes, *rest)

    monkeypatch.setattr(submit_order, "lock_snapshot", counted)
    answers = await asyncio.gather(*(buyer.order(**wish) for buyer in buyers))
    together = len(sizes) == 1
    assert {answer["group"]["held"] for answer in answers} == ({2} if together else {1, 2})
    assert (await buyers[0].see(answers[0]["id"]))["group"]["held"] == 2


async def test_orders_are_taken_without_reading_whole_tables(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are kept: one that was made on the first day of a shop would read all of its orders on the second."""
    seen: list[str] = []

    async def looking(tx: WriteSession, *rest: Any) -> Snapshot:
        seen.append(await tx.fetch_value("show enable_seqscan"))
        return await lock_snapshot(tx, *rest)

    monkeypatch.setattr(submit_order, "lock_snapshot", looking)
    await (await shop.shopper(1)).order("solo")
    assert seen == ["off"]
