"""What the tests of `messaging` share: events straight into the module, and what arrives outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from chengtuan.modules.trade.facade import GroupFailed, GroupFormed, GroupMember, OrderShipped, RefundCompleted
from chengtuan.platform.events import Envelope, Event, encode
from tests.support.world import Person, World

MESSAGING = "/api/v1/messaging"
POMELO = {"zh-Hant": "蜜柚", "en": "Pomelo"}


def envelope(event: Event, event_id: UUID | None = None) -> Envelope:
    return Envelope(event_id or uuid4(), event.wire_name, event.key, encode(event))


async def deliver(world: World, envelopes: Sequence[Envelope]) -> dict[UUID, str]:
    """As the relay does; what failed."""
    return await world.composition.running["messaging"].consumer.deliver(envelopes)


async def tell(world: World, *events: Event) -> None:
    """Deliver events and let everything happen that is due."""
    assert await deliver(world, [envelope(event) for event in events]) == {}
    await world.settle()


def member(person: Person, refund_fen: int = 0) -> GroupMember:
    return GroupMember(user_id=person.id, order_id=uuid4(), refund_fen=refund_fen)


def formed(now: datetime, *members: GroupMember) -> GroupFormed:
    return GroupFormed(
        group_id=uuid4(),
        campaign_id=uuid4(),
        product_name=POMELO,
        final_tier=0,
        paid=len(members),
        members=list(members),
        formed_at=now,
    )


def failed(now: datetime, *members: GroupMember) -> GroupFailed:
    return GroupFailed(
        group_id=uuid4(),
        campaign_id=uuid4(),
        product_name=POMELO,
        reason="expired",
        members=list(members),
        failed_at=now,
    )


def shipped(now: datetime, person: Person) -> OrderShipped:
    return OrderShipped(
        order_id=uuid4(),
        number="20260601000001",
        user_id=person.id,
        product_name=POMELO,
        carrier_code="SF",
        tracking_no="SF1234567890123",
        shipped_at=now,
    )


def refunded(now: datetime, person: Person) -> RefundCompleted:
    return RefundCompleted(
        refund_id=uuid4(),
        order_id=uuid4(),
        user_id=person.id,
        product_name=POMELO,
        amount_fen=1990,
        reason="group_failed",
        completed_at=now,
    )


@dataclass(frozen=True)
class WeChatUser:
    """Somebody who signed in from the mini program and has no phone."""

    person: Person
    openid: str
    world: World

    async def agree(self, *template_ids: str, at_wechat: bool = True) -> None:
        """Accept messages in WeChat's dialogue; `at_wechat` False: the client claims more than WeChat knows."""
        if at_wechat:
            body = {"openid": self.openid, "template_ids": list(template_ids)}
            await self.world.partner.post("/desk/api/subscriptions", json=body)
        answer = await self.person.post(f"{MESSAGING}/subscriptions", {"accepted": list(template_ids)})
        assert answer.status_code == 204, answer.text

    async def bind_phone(self, phone: str) -> None:
        code = (await self.world.partner.post("/desk/api/phone-code", json={"phone": phone})).json()["code"]
        answer = await self.person.post("/api/v1/accounts/me/phone/wechat", {"code": code})
        assert answer.status_code == 200, answer.text


async def wechat_user(world: World, nickname: str = "Ann", language: str = "zh-TW") -> WeChatUser:
    code = (await world.partner.post("/desk/api/login-code", json={"nickname": nickname})).json()
    answer = await world.client.post(
        "/api/v1/accounts/sessions/wechat", json={"code": code["code"]}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    person = Person(world.client, body["token"], UUID(body["user"]["id"]))
    return WeChatUser(person, code["openid"], world)


async def inbox(person: Person, **params: Any) -> dict[str, Any]:
    answer = await person.get(f"{MESSAGING}/inbox", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def texts(world: World, phone: str) -> list[dict[str, Any]]:
    """Text messages at a phone, newest first, without sign-in codes."""
    answer = await world.partner.get("/desk/api/sms", params={"phone": phone})
    return [item for item in answer.json()["items"] if item["template"] != "sign_in_code"]


async def subscribe_messages(world: World) -> list[dict[str, Any]]:
    """Newest first."""
    return list((await world.partner.get("/desk/api/messages")).json()["items"])


def rows(world: World, sql: str, *params: object) -> list[dict[str, Any]]:
    """Straight from the database."""
    with psycopg.connect(world.environ["CHENGTUAN_DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        cursor = connection.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
