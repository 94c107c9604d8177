"""Everything at once, at random: whatever people do, and whenever the instances get to it, the books are right."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from tests.concurrency.stage import Stage
from tests.support.invariants import violations
from tests.support.shop import Buyer

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]
PEOPLE, ROUNDS = 24, 4
ORDERS = "/api/v1/trade/orders"
EXPECTED = {200, 201, 404, 409, 429, 503}


class Life:
    """What one person does in a round; answers other than the expected ones are kept."""

    def __init__(self, stage: Stage, buyer: Buyer, chance: random.Random, campaign: str, groups: list[str]) -> None:
        self.stage, self.buyer, self.chance = stage, buyer, chance
        self.campaign, self.groups = campaign, groups
        self.orders: list[str] = []
        self.strange: list[str] = []

    async def round(self) -> None:
        await self._buy()
        await asyncio.sleep(self.chance.random() * 0.05)
        if self.orders:
            order = self.chance.choice(self.orders)
            await self.chance.choice([self._pay, self._pay, self._pay, self._cancel, self._sync])(order)

    async def _buy(self) -> None:
        wish: dict[str, Any] = {"quantity": self.chance.randint(1, 2)}
        mode = self.chance.choice(["solo", "open", "join", "join"])
        if mode == "open":
            wish["campaign_id"] = self.campaign
        elif mode == "join":
            if not self.groups:
                return
            wish["group_id"] = self.chance.choice(self.groups)
        answer = await self.buyer.try_order(mode, **wish)
        self._note(answer)
        if answer.status_code == 201:
            self.orders.append(answer.json()["id"])
            if mode == "open":
                self.groups.append(answer.json()["group_id"])

    async def _pay(self, order: str) -> None:
        way = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
        answer = await self.buyer.person.post(f"{ORDERS}/{order}/pay", way)
        self._note(answer)
        if answer.status_code == 200:
            await self.buyer.pay_at(answer.json())

    async def _cancel(self, order: str) -> None:
        self._note(await self.buyer.person.post(f"{ORDERS}/{order}/cancel"))

    async def _sync(self, order: str) -> None:
        self._note(await self.buyer.person.post(f"{ORDERS}/{order}/sync"))

    def _note(self, answer: Any) -> None:
        if answer.status_code not in EXPECTED:
            self.strange.append(answer.text[:300])


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_lives_over_two_instances_leave_the_books_right(stage: Stage, seed: int) -> None:
    world, chance = stage.shop.world, random.Random(seed)
    await stage.shop.set_stock(60)
    kind = ([3], [7000]) if seed % 2 else ([2, 4], [9000, 8000])
    campaign = await stage.shop.campaign(*kind, group_duration_s=1800, stock_cap=40, per_user_limit=6)
    groups: list[str] = []
    lives = [
        Life(stage, buyer, random.Random(seed * 1000 + n), campaign["id"], groups)
        for n, buyer in enumerate(stage.crowd(PEOPLE))
    ]
    for _ in range(ROUNDS):
        await asyncio.gather(*(life.round() for life in lives), stage.settle_everywhere())
        world.clock.advance(timedelta(minutes=chance.choice([0, 3, 16])))
        await asyncio.gather(stage.settle_everywhere(), world.sandbox_app.state.sandbox.deliver_due())
    for _ in range(8):  # holds run out, groups end, refunds come back
        world.clock.advance(timedelta(minutes=20))
        await world.settle()
        await stage.settle_everywhere()
    assert [text for life in lives for text in life.strange] == []
    ledger = (await world.partner.get("/desk/api/ledger")).json()
    assert violations(stage.database_url, ledger=ledger) == []
    ended = stage.rows("select count(*) from trade.buy_group where status in ('open', 'draft')")
    assert ended == [(0,)]
    paid = [trade for trade in ledger["trades"] if trade["state"] in ("SUCCESS", "REFUND")]
    assert len(paid) >= PEOPLE // 2, "little happened"
    assert ledger["refunds"], "nothing was returned"
