"""Who is told what, once, and how the inbox is read."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.modules.messaging import rows as notice_rows
from chengtuan.modules.trade.facade import ParcelCorrected, RefundPlanned
from tests.modules.messaging.support import (
    MESSAGING,
    POMELO,
    deliver,
    envelope,
    failed,
    formed,
    inbox,
    member,
    refunded,
    rows,
    shipped,
    tell,
    texts,
)
from tests.support.shop import open_shop
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def test_every_member_hears_that_the_group_formed(world: World) -> None:
    ann, bob = await world.sign_in("13800000001"), await world.sign_in("13800000002")
    event = formed(world.clock.now(), member(ann), member(bob))
    await tell(world, event)
    for person, seat in ((ann, event.members[0]), (bob, event.members[1])):
        (message,) = (found := await inbox(person))["items"]
        assert (message["template"], message["read"], found["unread"]) == ("group_formed", False, 1)
        assert message["params"] == {"product_name": POMELO, "people": 2}
        assert (message["order_id"], message["group_id"]) == (str(seat.order_id), str(event.group_id))


async def test_a_ladders_difference_is_told_with_the_success(world: World) -> None:
    """Rule 6: who gets nothing back hears only that the group formed."""
    ann, bob = await world.sign_in("13800000001"), await world.sign_in("13800000002")
    await tell(world, formed(world.clock.now(), member(ann, refund_fen=1000), member(bob)))
    (message,) = (await inbox(ann))["items"]
    assert message["template"] == "ladder_settled"
    assert message["params"] == {"product_name": POMELO, "people": 2, "refund_fen": 1000}
    assert [item["template"] for item in (await inbox(bob))["items"]] == ["group_formed"]


async def test_failure_shipping_and_refund_have_their_facts(world: World) -> None:
    ann = await world.sign_in("13800000001")
    now = world.clock.now()
    for event in (failed(now, member(ann, refund_fen=7000)), refunded(now, ann), shipped(now, ann)):
        await tell(world, event)
        world.clock.advance(timedelta(seconds=1))
    told = [(item["template"], item["params"]) for item in (await inbox(ann))["items"]]
    parcel = {"number": "20260601000001", "carrier_code": "SF", "tracking_no": "SF1234567890123"}
    assert told == [
        ("order_shipped", {"product_name": POMELO} | parcel),
        ("refund_succeeded", {"product_name": POMELO, "amount_fen": 1990, "reason": "group_failed"}),
        ("group_failed", {"product_name": POMELO, "amount_fen": 7000, "reason": "expired"}),
    ]


@pytest.mark.parametrize(
    ("reason", "templates"),
    [("late_payment", ["payment_late"]), ("group_failed", []), ("ladder_difference", []), ("cancelled", [])],
)
async def test_only_a_late_payment_is_told_when_its_refund_is_planned(
    world: World, reason: str, templates: list[str]
) -> None:
    """Rule 3: never silent. The other reasons are told by the event that caused them."""
    ann = await world.sign_in("13800000001")
    planned = RefundPlanned(
        refund_id=uuid4(),
        order_id=uuid4(),
        user_id=ann.id,
        product_name=POMELO,
        amount_fen=7000,
        reason=reason,
        planned_at=world.clock.now(),
    )
    await tell(world, planned)
    assert [item["template"] for item in (await inbox(ann))["items"]] == templates


async def test_an_event_that_comes_twice_is_told_once(world: World) -> None:
    ann = await world.sign_in("13800000001")
    event = formed(world.clock.now(), member(ann))
    same_id = envelope(event)
    await deliver(world, [same_id, same_id])
    await deliver(world, [same_id])
    await tell(world, event)  # even under another id, as after a restored outbox
    assert (await inbox(ann))["unread"] == 1
    assert len(rows(world, "select 1 from messaging.notice")) == 1


async def test_the_constraint_is_what_keeps_the_second_copy_out(world: World) -> None:
    """Negative control: without it the same news under another id is told twice."""
    ann = await world.sign_in("13800000001")
    event = formed(world.clock.now(), member(ann))
    name = "uq_notice_user_id_template_subject_id"
    rows(world, f"alter table messaging.notice drop constraint {name}")
    try:
        await tell(world, event)
        await tell(world, event)
        assert (await inbox(ann))["unread"] == 2
        rows(world, "delete from messaging.notice")
    finally:
        unique = "unique (user_id, template, subject_id)"
        rows(world, f"alter table messaging.notice add constraint {name} {unique}")


async def test_a_batch_with_a_broken_event_tells_the_others(world: World) -> None:
    ann = await world.sign_in("13800000001")
    good, bad = formed(world.clock.now(), member(ann)), formed(world.clock.now(), member(ann, refund_fen=2**70))
    rows(world, "alter table messaging.notice add constraint no_huge check ((params->>'refund_fen')::numeric < 2^60)")
    try:
        broken = envelope(bad)
        assert set(await deliver(world, [envelope(good), broken])) == {broken.event_id}
    finally:
        rows(world, "alter table messaging.notice drop constraint no_huge")
    assert [item["template"] for item in (await inbox(ann))["items"]] == ["group_formed"]


async def test_the_inbox_pages_newest_first_without_gaps(world: World) -> None:
    ann = await world.sign_in("13800000001")
    for _ in range(3):
        await deliver(world, [envelope(refunded(world.clock.now(), ann)) for _ in range(3)])  # same instant
        world.clock.advance(timedelta(minutes=1))
    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await inbox(ann, limit=2, **({"cursor": cursor} if cursor else {}))
        assert page["unread"] == 9
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({item["id"] for item in seen}) == 9
    assert [item["created_at"] for item in seen] == sorted((item["created_at"] for item in seen), reverse=True)


async def test_reading_clears_the_count_for_this_person_only(world: World) -> None:
    ann, bob = await world.sign_in("13800000001"), await world.sign_in("13800000002")
    await tell(world, formed(world.clock.now(), member(ann), member(bob)))
    assert (await ann.post(f"{MESSAGING}/inbox/read")).status_code == 204
    found = await inbox(ann)
    assert (found["unread"], found["items"][0]["read"]) == (0, True)
    assert (await inbox(bob))["unread"] == 1
    await tell(world, refunded(world.clock.now(), ann))
    assert [item["read"] for item in (await inbox(ann))["items"]] == [False, True]


async def test_an_inbox_is_its_owners(world: World) -> None:
    ann, bob = await world.sign_in("13800000001"), await world.sign_in("13800000002")
    await tell(world, refunded(world.clock.now(), ann))
    assert (await inbox(bob))["items"] == []
    assert (await world.client.get(f"{MESSAGING}/inbox")).json()["code"] == "platform/not-signed-in"
    assert (await world.client.post(f"{MESSAGING}/inbox/read")).status_code == 401
    assert (await ann.get(f"{MESSAGING}/inbox", cursor="nonsense")).json()["code"] == "platform/bad-cursor"


async def test_a_status_that_nobody_knows_cannot_be_stored(world: World) -> None:
    ann = await world.sign_in("13800000001")
    await tell(world, refunded(world.clock.now(), ann))
    with pytest.raises(psycopg.errors.CheckViolation):
        rows(world, "update messaging.notice set status = 'somehow'")


async def test_a_real_group_tells_its_members(world: World) -> None:
    """From the first payment to the inbox, through trade's own events."""
    shop = await open_shop(world)
    campaign = await shop.campaign([2], [7000])
    ann, bob = await shop.shopper(1), await shop.shopper(2)
    first = await ann.open(campaign)
    await ann.pay(first["id"])
    assert (await inbox(ann.person))["items"] == []
    second = await bob.join(first["group_id"])
    await bob.pay(second["id"])
    for buyer, order in ((ann, first), (bob, second)):
        (message,) = (await inbox(buyer.person))["items"]
        assert (message["template"], message["order_id"]) == ("group_formed", order["id"])
        assert UUID(message["group_id"]) == UUID(first["group_id"])


async def test_a_real_failure_is_told_and_then_the_refund(world: World) -> None:
    shop = await open_shop(world)
    campaign = await shop.campaign([2], [7000])
    ann = await shop.shopper(1)
    order = await ann.open(campaign)
    await ann.pay(order["id"])
    world.clock.advance(timedelta(hours=1))
    await world.settle()
    world.clock.advance(timedelta(minutes=2))
    await world.settle()
    items = (await inbox(ann.person))["items"]
    assert [(item["template"], item["params"]["amount_fen"]) for item in items] == [
        ("refund_succeeded", 7000),
        ("group_failed", 7000),
    ]


def corrected(world: World, person: Any, order_id: UUID, parcel_id: UUID | None, number: str) -> ParcelCorrected:
    return ParcelCorrected(
        order_id=order_id,
        number="20260601000001",
        user_id=person.id,
        product_name=POMELO,
        carrier_code="SF",
        tracking_no=number,
        wrong_no="SF1000000000000",
        corrected_at=world.clock.now(),
        parcel_id=parcel_id,
    )


async def _ten_corrections(world: World) -> tuple[list[str], list[str]]:
    """Of one parcel, in ten seconds, three of them in one batch: the numbers in the inbox and those sent by SMS."""
    ann, order_id, parcel_id = await world.sign_in("13800000001"), uuid4(), uuid4()
    events = [corrected(world, ann, order_id, parcel_id, f"SF100000000000{n}") for n in range(10)]
    for batch in [events[:3], *([event] for event in events[3:])]:
        await tell(world, *batch)
        world.clock.advance(timedelta(seconds=1))
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    told = [item["params"]["tracking_no"] for item in (await inbox(ann))["items"]]
    return told, [item["params"]["tracking_no"] for item in await texts(world, "+8613800000001")]


async def test_ten_corrections_of_a_number_are_one_message_with_the_newest(world: World) -> None:
    assert await _ten_corrections(world) == (["SF1000000000009"], ["SF1000000000009"])


async def test_control_where_earlier_news_stays_the_newest_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(notice_rows, "delete_notices", nothing)
    assert (await _ten_corrections(world))[0] == ["SF1000000000002"]


async def test_a_later_correction_is_news_again_and_another_parcels_is_its_own(world: World) -> None:
    """Also after the one before was read and sent. From before orders went in parcels, the order was its parcel."""
    ann, order_id = await world.sign_in("13800000001"), uuid4()
    await tell(world, corrected(world, ann, order_id, None, "SF1000000000001"))
    await tell(world, corrected(world, ann, order_id, uuid4(), "SF1000000000002"))
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert (await ann.post(f"{MESSAGING}/inbox/read")).status_code == 204
    world.clock.advance(timedelta(hours=1))
    await tell(world, corrected(world, ann, order_id, order_id, "SF1000000000003"))
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    found = await inbox(ann)
    told = [(item["params"]["tracking_no"], item["read"]) for item in found["items"]]
    assert (told, found["unread"]) == ([("SF1000000000003", False), ("SF1000000000002", True)], 1)
    assert len(await texts(world, "+8613800000001")) == 3
