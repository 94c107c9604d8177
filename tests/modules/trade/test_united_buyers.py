"""Two accounts became one: what was bought with either is the one person's, and limits count both."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.usecases import submit_order
from chengtuan.modules.trade.orders.rows.united import remember_united
from tests.modules.fulfilment.support import ship
from tests.support.shop import Buyer, Shop
from tests.support.unions import TwoAccounts, two_accounts

pytestmark = pytest.mark.postgres
ORDERS = "/api/v1/trade/orders"


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def seat_of(buyer: Buyer, group_id: str) -> dict[str, Any]:
    return dict((await buyer.person.get(f"/api/v1/trade/groups/{group_id}/mine")).json()["seat"])


@pytest.mark.feature("X1")
async def test_orders_groups_parcels_and_messages_of_both_are_the_persons(shop: Shop) -> None:
    campaign = await shop.campaign([2], [7000])
    two = await two_accounts(shop)
    bought = await two.browser.order("solo")
    await two.browser.pay(bought["id"])
    await ship(shop, bought["id"])
    waiting = await two.browser.order("solo")
    opened = await two.browser.open(campaign)
    await two.browser.pay(opened["id"])
    own = await two.mini_program.order("solo")
    person = await two.unite()

    listed = (await person.person.get(ORDERS)).json()["items"]
    assert [order["id"] for order in listed] == [own["id"], opened["id"], waiting["id"], bought["id"]]
    counts = (await person.person.get(f"{ORDERS}/counts")).json()
    assert (counts["pending_payment"], counts["grouping"], counts["shipped"]) == (2, 1, 1)
    parcels = await person.person.get(f"/api/v1/fulfilment/orders/{bought['id']}/parcels")
    assert len(parcels.json()["items"]) == 1, parcels.text
    inbox = (await person.person.get("/api/v1/messaging/inbox")).json()
    assert [message["template"] for message in inbox["items"]] == ["order_shipped"]
    seat = await seat_of(person, opened["group_id"])
    assert (seat["status"], seat["order_id"], seat["is_initiator"]) == ("paid", opened["id"], True)
    # and what one does with an order one does with all of them
    assert (await person.person.post(f"{ORDERS}/{waiting['id']}/cancel")).status_code == 200
    assert (await person.person.post(f"{ORDERS}/{bought['id']}/confirm-receipt")).status_code == 200
    await person.pay(own["id"])
    assert (await person.see(own["id"]))["status"] == "to_ship"
    # the group of the one account is the person's own, from both
    assert code(await person.try_order("join", group_id=opened["group_id"])) == "trade/own-group"


async def test_limits_count_what_both_accounts_bought(shop: Shop) -> None:
    campaign = await shop.campaign([3], [7000], per_user_limit=2)
    two = await two_accounts(shop)
    for buyer in (two.browser, two.mini_program):
        await buyer.open(campaign)
    person = await two.unite()
    refused = await person.try_order("open", campaign_id=campaign["id"])
    assert (code(refused), refused.json()["taken"]) == ("trade/purchase-limit", 2)
    answers = [await person.try_order("solo") for _ in range(MAX_UNPAID_ORDERS - 1)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert code(answers[-1]) == "trade/too-many-unpaid-orders"


async def test_who_is_a_customer_under_one_account_is_no_newcomer(shop: Shop) -> None:
    campaign = await shop.campaign([3], [7000], newcomers_only=True)
    host = await shop.shopper(9)
    opened = await host.open(campaign)
    await host.pay(opened["id"])
    two = await two_accounts(shop)
    await two.mini_program.order("solo")
    person = await two.unite()
    assert code(await person.try_order("join", group_id=opened["group_id"])) == "trade/newcomers-only"


async def test_a_request_repeated_after_the_union_gives_the_order_from_before(shop: Shop) -> None:
    two = await two_accounts(shop)
    key = uuid4()
    first = await two.mini_program.try_order("solo", key=key)
    await two.unite()
    again = await two.mini_program.try_order("solo", key=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = await two.mini_program.try_order("solo", key=key, quantity=2)
    assert code(other) == "trade/idempotency-conflict"


async def test_two_seats_in_one_group_stay_two_seats(shop: Shop) -> None:
    """Both were paid for, and others count on them; each can be left with its order."""
    campaign = await shop.campaign([3], [7000], initiator_off_percent=10)
    two = await two_accounts(shop)
    opened = await two.browser.open(campaign)
    await two.browser.pay(opened["id"])
    joined = await two.mini_program.join(opened["group_id"])
    await two.mini_program.pay(joined["id"])
    person = await two.unite()
    group = (await shop.world.client.get(f"/api/v1/trade/groups/{opened['group_id']}")).json()
    assert (group["paid"], group["status"]) == (2, "open")
    left = await person.person.post(f"{ORDERS}/{joined['id']}/cancel")
    assert left.status_code == 200, left.text
    assert (await seat_of(person, opened["group_id"]))["order_id"] == opened["id"]
    for number in (7, 8):
        friend = await shop.shopper(number)
        await friend.pay((await friend.join(opened["group_id"]))["id"])
    shop.world.clock.advance(timedelta(minutes=2))  # the provider is asked about refunds that it has not told of yet
    await shop.world.settle()
    refunds = {order["id"]: order["refunded_fen"] for order in (await person.person.get(ORDERS)).json()["items"]}
    assert refunds == {opened["id"]: 700, joined["id"]: 7000}


async def test_who_is_united_again_belongs_to_the_latest_account(shop: Shop) -> None:
    """Else an order from before the second union would not be known as the person's."""
    absorbed, first, second = (UUID(int=n) for n in (1, 2, 3))
    async with shop.world.composition.running["trade"].database.write() as tx:
        for user_id in (first, second, second):
            await remember_united(tx, [(absorbed, user_id)])
        assert await tx.fetch_tuples("select absorbed_id, user_id from united_buyer") == [(absorbed, second)]


class Late:
    """The mini program's next order is held after its buyer was looked up, until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, two: TwoAccounts) -> None:
        self.prepared, self.let_go = asyncio.Event(), asyncio.Event()
        prepare = submit_order._prepare

        async def held(ctx: Any, request: Any) -> Any:
            submission = await prepare(ctx, request)
            if request.user_id == two.mini_program.person.id and not self.prepared.is_set():
                self.prepared.set()
                await self.let_go.wait()
            return submission

        monkeypatch.setattr(submit_order, "_prepare", held)


async def _an_order_from_before(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> tuple[Buyer, httpx.Response]:
    """An order of the mini program is under way while the accounts are united and the limit is used up."""
    campaign = await shop.campaign([3], [7000], per_user_limit=1)
    two = await two_accounts(shop)
    late = Late(monkeypatch, two)
    under_way = asyncio.create_task(two.mini_program.try_order("open", campaign_id=campaign["id"]))
    await late.prepared.wait()
    person = await two.unite()
    assert (await person.try_order("open", campaign_id=campaign["id"])).status_code == 201
    late.let_go.set()
    return person, await under_way


async def test_an_order_from_before_the_union_is_judged_as_one_from_after_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, answer = await _an_order_from_before(shop, monkeypatch)
    assert code(answer) == "trade/purchase-limit"


async def test_without_looking_for_unions_an_order_from_before_passes_the_limit(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Snapshot, "knows_more_of", lambda *_: False)
    _, answer = await _an_order_from_before(shop, monkeypatch)
    assert answer.status_code == 201


async def test_an_order_from_before_the_union_that_may_be_taken_is_the_persons(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = await two_accounts(shop)
    late = Late(monkeypatch, two)
    under_way = asyncio.create_task(two.mini_program.try_order("solo"))
    await late.prepared.wait()
    person = await two.unite()
    first = await person.order("solo")
    late.let_go.set()
    answer = await under_way
    assert answer.status_code == 201, answer.text
    listed = (await person.person.get(ORDERS)).json()["items"]
    assert {order["id"] for order in listed} == {first["id"], answer.json()["id"]}
