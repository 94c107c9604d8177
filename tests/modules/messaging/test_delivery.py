"""The copy outside the inbox: which way it takes, when it leaves, and what a silent provider does (rule 17)."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.sandbox.sms_inbox import SMS_TEXTS, _text
from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.text import LANGUAGES
from chengtuan.modules.messaging.rules.notices import NoticeTemplate
from tests.modules.messaging.support import (
    MESSAGING,
    deliver,
    envelope,
    formed,
    inbox,
    member,
    refunded,
    rows,
    shipped,
    subscribe_messages,
    tell,
    texts,
    wechat_user,
)
from tests.support.world import World, environment, open_world

pytestmark = pytest.mark.postgres

FORMED, SHIPPED = "sandbox-group-formed", "sandbox-order-shipped"
PHONE = "+8613800000001"
NIGHT = timedelta(hours=11)
"""From the tests' noon to 23:00."""


def statuses(world: World) -> list[str]:
    return [row["status"] for row in rows(world, "select status from messaging.notice order by created_at, id")]


def remaining(world: World, template: str) -> int:
    (row,) = rows(world, "select remaining from messaging.consent where template = %s", template)
    return int(row["remaining"])


def arm(world: World, kind: FaultKind, times: int = 1) -> None:
    world.sandbox_app.state.sandbox.faults.arm(kind, times=times)


async def test_without_wechat_a_text_message_is_sent_in_the_persons_language(world: World) -> None:
    ann = await world.sign_in("13800000001", language="en")
    await tell(world, refunded(world.clock.now(), ann))
    (text,) = await texts(world, PHONE)
    assert (text["template"], text["params"]) == ("refund_succeeded", {"product": "Pomelo", "amount": "19.90"})
    assert text["text"] == "[Chengtuan] Pomelo: ¥19.90 went back the way you paid."
    assert statuses(world) == ["sent"]


@pytest.mark.feature("F96")
async def test_one_consent_is_one_message(world: World) -> None:
    ann = await wechat_user(world)
    await ann.bind_phone("+8613800000001")
    await ann.agree(FORMED)
    assert remaining(world, "group_formed") == 1
    await tell(world, formed(world.clock.now(), member(ann.person)))
    (message,) = await subscribe_messages(world)
    assert (message["openid"], message["template_id"]) == (ann.openid, FORMED)
    assert message["data"] == {"thing1": "蜜柚", "number2": "1"}
    (notice,) = (await inbox(ann.person))["items"]
    assert message["page"] == f"pages-order/detail/index?id={notice['order_id']}"
    assert await texts(world, PHONE) == []
    assert remaining(world, "group_formed") == 0

    await tell(world, formed(world.clock.now(), member(ann.person)))
    assert len(await subscribe_messages(world)) == 1
    assert [text["template"] for text in await texts(world, PHONE)] == ["group_formed"]


async def test_two_consents_are_two_messages_even_at_once(world: World) -> None:
    ann = await wechat_user(world)
    await ann.agree(FORMED)
    await ann.agree(FORMED)
    now = world.clock.now()
    await deliver(world, [envelope(formed(now, member(ann.person))) for _ in range(6)])
    await world.settle()
    assert len(await subscribe_messages(world)) == 2
    assert sorted(statuses(world)) == ["inbox_only"] * 4 + ["sent"] * 2
    assert remaining(world, "group_formed") == 0


async def test_the_check_keeps_consents_from_going_below_zero(world: World) -> None:
    ann = await wechat_user(world)
    await ann.agree(FORMED)
    with pytest.raises(psycopg.errors.CheckViolation):
        rows(world, "update messaging.consent set remaining = remaining - 2")


async def test_a_consent_that_wechat_does_not_know_is_forgotten_and_the_text_message_goes(world: World) -> None:
    """43101: whatever we had counted, there is none."""
    ann = await wechat_user(world)
    await ann.bind_phone("+8613800000001")
    for _ in range(3):
        await ann.agree(FORMED, at_wechat=False)
    assert remaining(world, "group_formed") == 3
    await tell(world, formed(world.clock.now(), member(ann.person)))
    assert remaining(world, "group_formed") == 0
    assert [text["template"] for text in await texts(world, PHONE)] == ["group_formed"]
    assert await subscribe_messages(world) == []
    assert statuses(world) == ["sent"]


async def test_a_ladder_uses_the_consent_for_a_formed_group(world: World) -> None:
    ann = await wechat_user(world)
    await ann.agree(FORMED)
    await tell(world, formed(world.clock.now(), member(ann.person, refund_fen=1000)))
    assert [message["template_id"] for message in await subscribe_messages(world)] == [FORMED]


async def test_somebody_who_cannot_be_reached_still_has_the_inbox(world: World) -> None:
    ann = await wechat_user(world)
    await tell(world, refunded(world.clock.now(), ann.person))
    assert statuses(world) == ["inbox_only"]
    assert (await inbox(ann.person))["unread"] == 1


async def test_a_parcels_news_waits_for_the_morning_and_a_refund_does_not(world: World) -> None:
    ann = await world.sign_in("13800000001")
    world.clock.advance(NIGHT)
    await tell(world, shipped(world.clock.now(), ann), refunded(world.clock.now(), ann))
    assert [text["template"] for text in await texts(world, PHONE)] == ["refund_succeeded"]
    assert (await inbox(ann))["unread"] == 2, "the inbox rings nobody up"
    world.clock.advance(timedelta(hours=8, minutes=59))
    await world.settle()
    assert len(await texts(world, PHONE)) == 1
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert [text["template"] for text in await texts(world, PHONE)] == ["order_shipped", "refund_succeeded"]


async def test_a_retry_does_not_ring_at_night_either(world: World) -> None:
    ann = await world.sign_in("13800000001")
    world.clock.advance(NIGHT - timedelta(hours=1, seconds=10))  # 21:59:50
    arm(world, FaultKind.SMS_500)
    await tell(world, shipped(world.clock.now(), ann))
    world.clock.advance(timedelta(minutes=30))
    await world.settle()
    assert await texts(world, PHONE) == []
    world.clock.advance(timedelta(hours=9, minutes=31))  # 08:00:50
    await world.settle()
    assert [text["template"] for text in await texts(world, PHONE)] == ["order_shipped"]


async def test_a_silent_vendor_is_asked_again_and_sends_once(world: World) -> None:
    ann = await world.sign_in("13800000001")
    arm(world, FaultKind.SMS_500, times=2)
    await tell(world, refunded(world.clock.now(), ann))
    assert statuses(world) == ["waiting"]
    (row,) = rows(world, "select attempts, last_error from messaging.notice")
    assert row["attempts"] == 1
    assert "500" in row["last_error"]
    for seconds in (30, 60):
        world.clock.advance(timedelta(seconds=seconds))
        await world.settle()
    assert len(await texts(world, PHONE)) == 1
    assert statuses(world) == ["sent"]


async def test_a_message_whose_answer_was_lost_is_not_sent_twice(world: World) -> None:
    """The vendor knows the notice's id."""
    ann = await world.sign_in("13800000001")
    await tell(world, refunded(world.clock.now(), ann))
    (row,) = rows(world, "update messaging.notice set status = 'waiting', sent_at = null returning id")
    again = "insert into messaging.job (kind, ref, due_at) values ('deliver_notice', %s, %s)"
    rows(world, again, str(row["id"]), world.clock.now())
    await world.settle()
    assert statuses(world) == ["sent"]
    assert len(await texts(world, PHONE)) == 1


async def test_an_operator_can_do_without_text_messages(
    database_url: str, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(database_url: str, data: Path) -> dict[str, str]:
        return environment(database_url, data) | {"CHENGTUAN_SMS_NOTICES": "0"}

    monkeypatch.setattr("tests.support.world.environment", without)
    async with open_world(database_url, tmp_path, clock) as world:
        ann = await world.sign_in("13800000001")
        await tell(world, refunded(clock.now(), ann))
        assert statuses(world) == ["inbox_only"]
        assert await texts(world, PHONE) == []


async def test_a_silent_provider_holds_up_nobody_else(world: World) -> None:
    """Bob's subscribe message waits for WeChat; Ann's text message does not wait for Bob's."""
    bob = await wechat_user(world, "Bob")
    ann = await world.sign_in("13800000001")
    await bob.agree(FORMED)
    arm(world, FaultKind.MINI_500, times=50)
    await tell(world, formed(world.clock.now(), member(bob.person), member(ann)))
    assert [text["template"] for text in await texts(world, PHONE)] == ["group_formed"]
    assert sorted(statuses(world)) == ["sent", "waiting"]
    assert remaining(world, "group_formed") == 0, "the notice keeps the consent that it took"
    world.sandbox_app.state.sandbox.faults.clear()
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert len(await subscribe_messages(world)) == 1
    assert statuses(world) == ["sent", "sent"]


async def test_after_a_day_it_is_no_news(world: World) -> None:
    ann = await world.sign_in("13800000001")
    arm(world, FaultKind.SMS_500, times=1000)
    await tell(world, refunded(world.clock.now(), ann))
    for _ in range(30):
        world.clock.advance(timedelta(hours=1))
        await world.settle()
    assert statuses(world) == ["expired"]
    assert rows(world, "select 1 from messaging.job where kind = 'deliver_notice'") == []
    world.sandbox_app.state.sandbox.faults.clear()
    await world.settle()
    assert await texts(world, PHONE) == []


async def test_templates_can_be_listed_and_only_they_be_agreed_to(world: World) -> None:
    ann = await wechat_user(world)
    offered = (await world.client.get(f"{MESSAGING}/subscription-templates")).json()["items"]
    assert [item["key"] for item in offered[:3]] == ["group_formed", "group_failed", "order_shipped"]
    assert {item["template_id"] for item in offered[:3]} >= {FORMED, SHIPPED}

    async def code_of(accepted: list[str]) -> str:
        return str((await ann.person.post(f"{MESSAGING}/subscriptions", {"accepted": accepted})).json()["code"])

    assert await code_of([FORMED, "invented"]) == "messaging/unknown-template"
    assert await code_of([FORMED] * 4) == "platform/invalid-request"
    assert rows(world, "select 1 from messaging.consent") == [], "a refused answer records nothing"
    assert (await ann.person.post(f"{MESSAGING}/subscriptions", {"accepted": []})).status_code == 204
    answer = await world.client.post(f"{MESSAGING}/subscriptions", json={"accepted": [FORMED]})
    assert answer.status_code == 401


@pytest.mark.parametrize("template", sorted(NoticeTemplate))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sandbox_has_every_text_in_every_language(template: NoticeTemplate, language: str) -> None:
    wording = SMS_TEXTS[template][language]
    shown = _text(template, language, {"product": "{x}", "amount": "19.90", "people": "3", "tracking_no": "SF1"})
    assert "{x}" in shown
    assert shown.count("{") == 1, wording
