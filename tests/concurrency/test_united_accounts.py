"""Orders of both accounts of a person while these are united: limits hold, and without the lock they leak."""

import asyncio
from typing import Any

import pytest

from chengtuan.modules.trade.admission.rows.facts import buyers
from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from tests.concurrency.stage import Stage, another_product, outcomes, rush, widen_the_gap
from tests.modules.trade.test_united_buyers import Late
from tests.support.invariants import violations
from tests.support.shop import Buyer
from tests.support.unions import two_accounts
from tests.support.world import Person

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]
ROUNDS = 4


async def _rush(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """With room for one more: an order from before the union at one door, one from after it at the other.

    How many unpaid orders the person has in the end, per round.
    """
    other = await another_product(stage.shop)
    totals = []
    for number in range(1, ROUNDS + 1):
        two = await two_accounts(stage.shop, number)
        for buyer in (two.browser, two.mini_program):
            for _ in range((MAX_UNPAID_ORDERS - 1) // 2):
                await buyer.order("solo")
        with monkeypatch.context() as held:
            late = Late(held, two)
            under_way = asyncio.create_task(two.mini_program.try_order("solo"))
            await late.prepared.wait()
        person = _at(stage.doors[1], await two.unite())
        late.let_go.set()
        answers = await rush(under_way, person.try_order("solo", sku_id=other))
        assert set(outcomes(answers)) <= {"201", "trade/too-many-unpaid-orders"}, outcomes(answers)
        totals.append((await person.person.get("/api/v1/trade/orders/counts")).json()["pending_payment"])
    return totals


def _at(door: Any, buyer: Buyer) -> Buyer:
    return Buyer(buyer.shop, Person(door, buyer.person.token, buyer.person.id), buyer.address_id)


@pytest.mark.feature("X1")
async def test_limits_hold_over_both_accounts_while_they_are_united(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _rush(stage, monkeypatch) == [MAX_UNPAID_ORDERS] * ROUNDS
    assert violations(stage.database_url, settled=False) == []


async def test_without_the_buyers_locks_the_limit_leaks_between_the_accounts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buyers.LOCK, "locked", None)
    widen_the_gap(monkeypatch)
    assert max(await _rush(stage, monkeypatch)) > MAX_UNPAID_ORDERS


async def test_of_two_processes_that_unite_at_once_one_does(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    two = await two_accounts(stage.shop)
    session = two.mini_program.person
    desk = await stage.shop.world.partner.post("/desk/api/phone-code", json={"phone": two.phone})
    refused = await session.post("/api/v1/accounts/me/phone/wechat", {"code": desk.json()["code"]})
    claim = {"claim": refused.json()["claim"]}
    doors = [Person(door, session.token, session.id) for door in stage.doors for _ in range(4)]
    answers = await rush(*(person.post("/api/v1/accounts/me/union", claim) for person in doors))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert stage.rows("select count(*) from accounts.person where united_into is not null") == [(1,)]
