"""What is answered to an order that was just placed is made of what was written, and is what anybody reads later."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.admission.rows.snapshots import lock_snapshot
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.platform.database import WriteSession
from tests.concurrency.stage import another_product
from tests.modules.trade.test_freight import sent_by
from tests.support.flash import flash_sale, hold, see_hold
from tests.support.rows import ask
from tests.support.shop import Buyer, Shop
from tests.support.world import SHOP

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


def going_on(clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """As clocks do: a moment that is asked for twice is another one."""

    def now() -> datetime:
        clock.advance(timedelta(milliseconds=1))
        return MovableClock.now(clock)

    monkeypatch.setattr(clock, "now", now)


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    """All but when it was answered, which goes on."""
    return {name: value for name, value in answer.items() if name != "now"}


@pytest.mark.parametrize("wish_of", [_alone, _several_with_freight, _opening, _joining])
async def test_an_order_is_answered_as_it_is_read(shop: Shop, wish_of: Wish, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, key = await shop.shopper(1), uuid4()
    wish = await wish_of(shop, await shop.shopper(2))
    going_on(shop.world.clock, monkeypatch)
    answer = _lasting(await buyer.order(**wish, key=key))
    assert answer == _lasting(await buyer.see(answer["id"]))
    assert answer == _lasting(await buyer.order(**wish, key=key)), "the second time it is read"
    (listed,) = (await buyer.person.get("/api/v1/trade/orders")).json()["items"]
    assert (listed["created_at"], listed["pay_before"]) == (answer["created_at"], answer["pay_before"])


async def test_a_hold_is_answered_as_it_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, key, sale_id = await shop.shopper(1), uuid4(), await flash_sale(shop)
    going_on(shop.world.clock, monkeypatch)
    answer = await hold(buyer, sale_id, key=key)
    assert answer == await see_hold(buyer, answer["id"])
    assert answer == await hold(buyer, sale_id, key=key), "the second time it is read"


async def test_whatever_the_key_an_order_has_one_payment_in_each_channel(shop: Shop) -> None:
    buyer, key = await shop.shopper(1), uuid4()
    order_id = (await buyer.order("solo"))["id"]

    async def handed(key: UUID, **wanted: str) -> dict[str, Any]:
        answer = await buyer.person.post(f"/api/v1/trade/orders/{order_id}/pay", wanted, key=key)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    h5 = {"channel": "wechat_h5", "return_url": f"{SHOP}/#/one"}
    first = await handed(key, **h5)
    assert await handed(key, **h5) == first == await handed(uuid4(), **h5)
    elsewhere = await handed(key, channel="wechat_h5", return_url=f"{SHOP}/#/other")
    urls = [httpx.URL(each["redirect_url"]) for each in (first, elsewhere)]
    assert [url.params["redirect_url"] for url in urls] == [f"{SHOP}/#/one", f"{SHOP}/#/other"]
    assert urls[0].path == urls[1].path, "one payment, and another way back"
    payments = ask(shop.world.environ["CHENGTUAN_DATABASE_URL"], "select channel from payments.payment")
    assert payments == [("wechat_h5",)]


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
