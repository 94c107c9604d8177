"""A label is one parcel of its order, whoever else was refused with it at the same moment (F27)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chengtuan.modules.fulfilment import moves
from chengtuan.modules.fulfilment.rows import numbers
from chengtuan.modules.fulfilment.usecases import send_parcel as sending
from chengtuan.platform.database import WriteSession
from tests.modules.fulfilment.support import FULFILMENT, NUMBER, parcels, pieces, rows, ship, try_ship
from tests.modules.fulfilment.test_parcels import all_well, of_one_line, sent_of
from tests.support.guards import after_waiting
from tests.support.invariants import violations
from tests.support.shop import Buyer, Shop

pytestmark = [pytest.mark.postgres, pytest.mark.feature("F27")]
OTHER = "SF1000000000009"


async def _refused_between(shop: Shop, buyer: Buyer, patch: pytest.MonkeyPatch) -> tuple[set[str], list[int]]:
    """The ids that one label sent twice has, and the pieces that trade counts.

    Somebody with too many pieces is refused before the first, and lets go of the number once trade has booked that one
    and before it is stored. The second comes after both.
    """
    order_id = await of_one_line(shop, buyer, 30)
    refused, booked, repeated = asyncio.Event(), asyncio.Event(), asyncio.Event()
    give_back, keep = numbers.give_number_back, moves.keep_parcel

    async def let_go(*args: Any) -> None:
        refused.set()
        await booked.wait()
        await give_back(*args)

    async def store(*args: Any) -> None:
        if not booked.is_set():
            booked.set()
            await repeated.wait()
        await keep(*args)

    patch.setattr(numbers, "give_number_back", let_go)
    patch.setattr(sending, "keep_parcel", store)
    too_many = asyncio.create_task(try_ship(shop, order_id, lines=pieces(l1=99)))
    await refused.wait()
    first = asyncio.create_task(try_ship(shop, order_id, lines=pieces(l1=1)))
    await booked.wait()
    assert (await too_many).json()["code"] == "trade/fewer-pieces-left"
    second = await try_ship(shop, order_id, lines=pieces(l1=1))
    repeated.set()
    answers = [await first, second]
    await shop.world.settle()
    assert {each.status_code for each in answers} == {201}
    return {each.json()["id"] for each in answers}, (await sent_of(buyer, order_id))[1]


async def test_a_label_is_one_parcel_though_somebody_is_refused_with_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, sent = await _refused_between(shop, await shop.shopper(1), monkeypatch)
    assert (len(ids), sent) == (1, [1])
    assert all_well(shop)


@pytest.mark.damages
async def test_control_who_is_refused_takes_the_id_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forget(tx: WriteSession, merchant_id: Any, tracking_no: str, order_id: Any) -> None:
        await tx.execute(
            "delete from parcel_number n where merchant_id = %s and tracking_no = %s and order_id = %s"
            " and not exists (select from parcel p where p.order_id = n.order_id and p.tracking_no = n.tracking_no)",
            (merchant_id, tracking_no, order_id),
        )

    monkeypatch.setattr(numbers, "give_number_back", forget)
    ids, sent = await _refused_between(shop, await shop.shopper(1), monkeypatch)
    assert (len(ids), sent) == (2, [2])
    found = violations(shop.world.environ["CHENGTUAN_DATABASE_URL"])
    assert any(each.startswith("a number is one parcel of its order") for each in found), found


@pytest.mark.parametrize(("counted", "answer"), [(True, 409), (False, 201)], ids=["counted", "control"])
async def test_while_one_sends_with_a_number_another_order_is_asked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, counted: bool, answer: int
) -> None:
    """Though a third was refused with it meanwhile: how many hold it is counted."""
    buyer = await shop.shopper(1)
    first, second = [await of_one_line(shop, buyer, 2) for _ in range(2)]
    booking, asked = asyncio.Event(), asyncio.Event()
    hand_over = sending._hand_over

    async def slowly(*args: Any) -> Any:
        if not booking.is_set():
            booking.set()
            await asked.wait()
        return await hand_over(*args)

    async def let_all_go(tx: WriteSession, *_: Any) -> None:
        await tx.execute("update parcel_number set held = 0")

    monkeypatch.setattr(sending, "_hand_over", slowly)
    if not counted:
        monkeypatch.setattr(numbers, "give_number_back", let_all_go)
    going = asyncio.create_task(try_ship(shop, first, lines=pieces(l1=1)))
    await booking.wait()
    assert (await try_ship(shop, first, lines=pieces(l1=99))).status_code == 409
    other = await try_ship(shop, second)
    asked.set()
    assert ((await going).status_code, other.status_code) == (201, answer)


@pytest.mark.parametrize("how", ["sent", "corrected"])
async def test_whoever_takes_a_number_waits_for_who_is_taking_it(shop: Shop, how: str) -> None:
    """Else both find it free."""
    buyer = await shop.shopper(1)
    first, second = [await of_one_line(shop, buyer, 2) for _ in range(2)]
    parcel = await ship(shop, first, OTHER)
    path = f"{FULFILMENT}/console/parcels/{parcel['id']}/corrections"
    label = {"carrier_code": "SF", "tracking_no": NUMBER}
    answer = await after_waiting(
        shop.world.environ["CHENGTUAN_DATABASE_URL"],
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        f"fulfilment.parcel:{shop.merchant_id}{NUMBER}",
        asked=try_ship(shop, second) if how == "sent" else shop.merchant.post(path, label),
    )
    assert answer.is_success


async def test_a_number_that_was_refused_is_anybodys(shop: Shop) -> None:
    """Of another order, of another parcel of the same one, and of the one that was refused."""
    buyer = await shop.shopper(1)
    order_id, other = await of_one_line(shop, buyer, 3), await of_one_line(shop, buyer, 1)
    refused = [await try_ship(shop, order_id, number, lines=pieces(l1=9)) for number in (NUMBER, OTHER)]
    assert {each.status_code for each in refused} == {409}
    await ship(shop, other, NUMBER)
    first = await ship(shop, order_id, "SF1000000000001", lines=pieces(l1=1))
    path = f"{FULFILMENT}/console/parcels/{first['id']}/corrections"
    assert (await shop.merchant.post(path, {"carrier_code": "SF", "tracking_no": OTHER})).status_code == 200
    assert (await try_ship(shop, order_id, OTHER)).json()["id"] == first["id"]
    second = await ship(shop, order_id, NUMBER, lines=pieces(l1=1), together=True)
    assert [(each["id"], each["tracking_no"]) for each in await parcels(shop, order_id)] == [
        (first["id"], OTHER),
        (second["id"], NUMBER),
    ]
    assert all_well(shop)


async def test_giving_back_a_number_that_nobody_holds_any_more_changes_nothing(shop: Shop) -> None:
    """Its parcel let go of it while somebody was being refused with it."""
    order_id = await of_one_line(shop, await shop.shopper(1), 1)
    await try_ship(shop, order_id, lines=pieces(l1=9))
    async with shop.world.composition.running["fulfilment"].database.write() as tx:
        await numbers.give_number_back(tx, shop.merchant_id, NUMBER, UUID(order_id))
    assert rows(shop, "select held from fulfilment.parcel_number") == [{"held": 0}]


async def test_a_number_that_was_corrected_away_goes_with_another_parcel(shop: Shop) -> None:
    """The parcel that had it keeps its id; another carrier alone takes nothing away."""
    order_id = await of_one_line(shop, await shop.shopper(1), 2)
    first = await ship(shop, order_id, NUMBER, lines=pieces(l1=1))
    path = f"{FULFILMENT}/console/parcels/{first['id']}/corrections"
    for label in ({"carrier_code": "OTHER", "tracking_no": NUMBER}, {"carrier_code": "SF", "tracking_no": OTHER}):
        assert (await shop.merchant.post(path, label)).status_code == 200
        assert all_well(shop)
    second = await ship(shop, order_id, NUMBER)
    assert (second["nth"], second["id"] != first["id"]) == (2, True)
    assert all_well(shop)


async def test_who_is_refused_takes_no_number_from_a_parcel(shop: Shop) -> None:
    """While their sending was under way, the parcel's label was corrected away and back."""
    order_id = await of_one_line(shop, await shop.shopper(1), 2)
    parcel = await ship(shop, order_id, NUMBER, lines=pieces(l1=1))
    async with shop.world.composition.running["fulfilment"].database.write() as tx:
        await numbers.claim_number(tx, shop.merchant_id, NUMBER, UUID(order_id), None)
    for number in (OTHER, NUMBER):
        label = {"carrier_code": "SF", "tracking_no": number}
        path = f"{FULFILMENT}/console/parcels/{parcel['id']}/corrections"
        assert (await shop.merchant.post(path, label)).status_code == 200
    async with shop.world.composition.running["fulfilment"].database.write() as tx:
        await numbers.give_number_back(tx, shop.merchant_id, NUMBER, UUID(order_id))
    assert all_well(shop)
    assert (await try_ship(shop, await of_one_line(shop, await shop.shopper(2), 1))).status_code == 409


@pytest.mark.damages
async def test_verify_finds_a_parcel_that_nobody_holds_a_number_for(shop: Shop) -> None:
    await ship(shop, await of_one_line(shop, await shop.shopper(1), 1))
    rows(shop, "update fulfilment.parcel_number set held = 0")
    assert not all_well(shop)
