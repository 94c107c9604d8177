"""kill -9 in the middle of everything: what was acknowledged stays, and the rest is finished (rules 2, 3, 4, 8)."""

import asyncio
import signal
from datetime import timedelta

import httpx
import pytest

from tests.faults.customers import Customers
from tests.faults.system import LEASE, System
from tests.support.invariants import violations

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.postgres]
GROUPS, SIZE = 50, 5


async def _progress(customers: Customers, orders: int) -> None:
    """Until that many more payments were taken: then we are in the middle."""
    goal = len(customers.paid) + orders
    async with asyncio.timeout(60):
        while len(customers.paid) < goal:
            await asyncio.sleep(0.02)


async def _noticed(customers: Customers) -> None:
    """Until somebody was told that nothing can be done now: a short absence is waited out, and nobody hears of it."""
    before = customers.retries
    try:
        async with asyncio.timeout(30):
            while customers.retries == before:
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError("nobody noticed: the kill came too late") from None


async def test_the_server_is_killed_while_groups_fill(system: System, customers: Customers) -> None:
    product = system.products[0]
    campaign = await customers.campaign(product, SIZE)
    groups = await customers.open_groups(system.crowd(GROUPS), product, campaign)
    members = system.crowd(GROUPS * (SIZE - 1))
    rush = asyncio.gather(
        *(
            customers.buy(member, product, "join", group_id=groups[number % GROUPS])
            for number, member in enumerate(members)
        )
    )
    await _progress(customers, 40)
    await system.kill_server()
    await system.start_server()
    await _progress(customers, 40)
    await system.kill_worker()
    await rush
    assert customers.retries > 0, "nobody noticed: the kill came too late"
    formed = "select count(*) from trade.buy_group where activity_id = %s and status = 'succeeded'"
    await system.eventually(lambda: system.rows(formed, campaign) == [(GROUPS,)], move=LEASE, within_s=40)
    await system.sound()
    customers.nothing_is_lost()


async def test_postgres_is_killed_while_groups_fill(system: System, customers: Customers) -> None:
    product = system.products[1]
    campaign = await customers.campaign(product, SIZE)
    groups = await customers.open_groups(system.crowd(GROUPS), product, campaign)
    members = system.crowd(GROUPS * (SIZE - 1))
    rush = asyncio.gather(
        *(
            customers.buy(member, product, "join", group_id=groups[number % len(groups)])
            for number, member in enumerate(members)
        )
    )
    await _progress(customers, 20)
    await system.kill_postgres()
    await _noticed(customers)
    await system.start_postgres()
    await rush
    formed = "select count(*) from trade.buy_group where activity_id = %s and status = 'succeeded'"
    await system.eventually(lambda: system.rows(formed, campaign) == [(len(groups),)], move=LEASE, within_s=40)
    await system.sound()
    customers.nothing_is_lost()


async def test_the_server_is_killed_while_failed_groups_are_refunded(system: System, customers: Customers) -> None:
    product = system.products[2]
    campaign = await customers.campaign(product, 3, group_duration_s=3600)
    groups = await customers.open_groups(system.crowd(20), product, campaign)
    members = system.crowd(20)
    await asyncio.gather(
        *(customers.buy(m, product, "join", group_id=group) for m, group in zip(members, groups, strict=True))
    )
    two_paid = "select count(*) from trade.buy_group where activity_id = %s and paid = 2"
    await system.eventually(lambda: system.rows(two_paid, campaign) == [(20,)])
    system.move_clock(timedelta(seconds=3600))
    begun = "select count(*) > 0 and count(*) filter (where status = 'succeeded') < 40 from trade.refund"
    await system.eventually(lambda: system.rows(begun) == [(True,)])
    await system.kill_server()
    planned = system.rows("select count(*) from trade.refund")[0][0]
    await system.start_server()
    done = "select count(*) from trade.shop_order where activity_id = %s and status = 'refunded'"
    await system.eventually(lambda: system.rows(done, campaign) == [(40,)], move=LEASE, within_s=40)
    assert 0 < planned <= 40
    await system.sound()
    customers.nothing_is_lost()
    returned = [refund for refund in (await system.ledger())["refunds"] if refund["status"] == "SUCCESS"]
    assert (len(returned), sum(refund["amount_fen"] for refund in returned)) == (40, 40 * 7000), "each of them once"


async def test_payments_whose_callbacks_are_lost_are_found_by_asking(system: System, customers: Customers) -> None:
    product = system.products[3]
    async with httpx.AsyncClient(trust_env=False) as http:
        lost = {"kind": "callback_lost", "times": 10}
        assert (await http.post(f"{system.sandbox.url}/control/faults", json=lost)).status_code == 201
        await asyncio.gather(*(customers.buy(member, product, "solo") for member in system.crowd(10)))
        assert (await http.get(f"{system.sandbox.url}/control/faults")).json()["items"] == [], "all were lost"
    ready = (
        "select count(*) from trade.shop_order o join trade.order_line l on l.order_id = o.id"
        " where l.product_id = %s and o.status = 'to_ship'"
    )
    await system.eventually(
        lambda: system.rows(ready, product.product_id) == [(10,)], move=timedelta(seconds=5), within_s=25
    )
    await system.sound()
    customers.nothing_is_lost()


async def test_the_sandbox_is_killed_and_no_money_is_lost(system: System, customers: Customers) -> None:
    """The provider goes away between the payment and its callback."""
    product = system.products[4]
    members = system.crowd(10)
    await asyncio.gather(*(customers.buy(member, product, "solo") for member in members))
    await system.sandbox.kill()
    await asyncio.sleep(0.5)
    await system.sandbox.start()
    ready = (
        "select count(*) from trade.shop_order o join trade.order_line l on l.order_id = o.id"
        " where l.product_id = %s and o.status = 'to_ship'"
    )
    await system.eventually(
        lambda: system.rows(ready, product.product_id) == [(10,)], move=timedelta(seconds=5), within_s=25
    )
    await system.sound()
    customers.nothing_is_lost()


async def test_a_database_that_hangs_lets_nobody_wait_and_goes_on_afterwards(
    system: System, customers: Customers
) -> None:
    product = system.products[6]
    members = system.crowd(8)
    await customers.buy(members[0], product, "solo")
    system.signal_postgres(signal.SIGSTOP)
    try:
        async with asyncio.timeout(60):  # whoever waits for the database waits for ever
            answers = await asyncio.gather(
                *(customers.try_order(member, product) for member in members[1:]),
                *(customers.http.get(f"{system.shop_url}/api/v1/trade/listings?limit={n}") for n in range(1, 9)),
            )
    finally:
        system.signal_postgres(signal.SIGCONT)
    assert {answer.status_code for answer in answers} == {503}
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
    await asyncio.gather(*(customers.buy(member, product, "solo") for member in members[1:]))
    await system.sound()
    customers.nothing_is_lost()


async def test_after_a_restart_of_the_database_nobody_is_given_a_dead_connection(
    system: System, customers: Customers
) -> None:
    product = system.products[7]
    pages = [f"{system.shop_url}/api/v1/trade/listings?limit={n}" for n in range(1, 13)]
    assert {answer.status_code for answer in await asyncio.gather(*map(customers.http.get, pages))} == {200}
    members = system.crowd(6)
    await system.restart_postgres()
    assert [(await customers.try_order(member, product)).status_code for member in members] == [201] * 6
    assert [(await customers.http.get(page)).status_code for page in pages] == [200] * 12


async def test_a_lost_order_or_payment_would_be_seen(system: System, customers: Customers) -> None:
    """The control of this file: the checks after each kill are able to fail."""
    order = await customers.buy(system.crowd(1)[0], system.products[5], "solo")
    paid = "select count(*) from trade.shop_order where id = %s and status = 'to_ship'"
    await system.eventually(lambda: system.rows(paid, order["id"]) == [(1,)])
    customers.nothing_is_lost()
    for book in (customers.acknowledged, customers.paid):
        book["00000000-0000-7000-8000-000000000000"] = 7000
        with pytest.raises(AssertionError):
            customers.nothing_is_lost()
        book.clear()
    ledger = await system.ledger()
    ledger["trades"][0]["amount_fen"] += 1
    assert violations(system.url, ledger=ledger) != []
