"""All SQL of `messaging`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.kernel.ids import new_id
from chengtuan.modules.messaging.rules.notices import Channel, DeliveryStatus, Notice, NoticeDraft, NoticeTemplate
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A notice as its reader sees it."""

    id: UUID
    template: str
    params: dict[str, Any]
    order_id: UUID | None
    group_id: UUID | None
    created_at: datetime
    read_at: datetime | None


async def insert_notices(
    tx: WriteSession, drafts: Sequence[NoticeDraft], now: datetime
) -> list[tuple[UUID, NoticeTemplate]]:
    """The new ones' ids and templates; one that was told before is left out."""
    if not drafts:
        return []
    rows = await tx.fetch_tuples(
        "insert into notice (id, user_id, template, subject_id, params, order_id, group_id, created_at, status)"
        " select id, user_id, template, subject_id, params, order_id, group_id, %(now)s, %(status)s"
        " from unnest(%(ids)s::uuid[], %(users)s::uuid[], %(templates)s::text[], %(subjects)s::uuid[],"
        " %(params)s::jsonb[], %(orders)s::uuid[], %(groups)s::uuid[])"
        " as fresh (id, user_id, template, subject_id, params, order_id, group_id)"
        " on conflict do nothing returning id, template",
        {
            "now": now,
            "status": DeliveryStatus.WAITING,
            "ids": [new_id() for _ in drafts],
            "users": [draft.user_id for draft in drafts],
            "templates": [draft.template for draft in drafts],
            "subjects": [draft.subject_id for draft in drafts],
            "params": [Jsonb(draft.params) for draft in drafts],
            "orders": [draft.order_id for draft in drafts],
            "groups": [draft.group_id for draft in drafts],
        },
    )
    return [(notice_id, NoticeTemplate(template)) for notice_id, template in rows]


async def delete_notices(tx: WriteSession, keys: Sequence[tuple[UUID, NoticeTemplate, UUID]]) -> None:
    """By person, template and subject."""
    await tx.execute_many("delete from notice where user_id = %s and template = %s and subject_id = %s", sorted(keys))


async def find_notices(db: ReadSession, notice_ids: Sequence[UUID]) -> list[Notice]:
    return await db.fetch_all(
        Notice,
        "select id, user_id, template, params, order_id, group_id, created_at, status, channel, wechat_template,"
        " attempts from notice where id = any(%s)",
        (list(notice_ids),),
    )


async def list_inbox(
    db: ViewSession, user_ids: Collection[UUID], before: tuple[datetime, UUID] | None, limit: int
) -> list[InboxRow]:
    """Newest first; `before` is the last row of the page above."""
    at, notice_id = before or (None, None)
    return await db.fetch_all(
        InboxRow,
        "select id, template, params, order_id, group_id, created_at, read_at from notice"
        " where user_id = any(%(users)s)"
        " and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s))"
        " order by created_at desc, id desc limit %(limit)s",
        {"users": list(user_ids), "at": at, "id": notice_id, "limit": limit},
    )


async def count_unread(db: ViewSession, user_ids: Collection[UUID]) -> int:
    unread: int = await db.fetch_value(
        "select count(*) from notice where user_id = any(%s) and read_at is null", (list(user_ids),)
    )
    return unread


async def mark_read(tx: WriteSession, user_ids: Collection[UUID], now: datetime) -> None:
    await tx.execute(
        "update notice set read_at = %s where user_id = any(%s) and read_at is null and created_at <= %s",
        (now, list(user_ids), now),
    )


async def choose_channel(
    tx: WriteSession, notice_id: UUID, channel: Channel, wechat_template: NoticeTemplate | None = None
) -> None:
    await tx.execute(
        "update notice set channel = %s, wechat_template = %s where id = %s",
        (channel, wechat_template, notice_id),
    )


async def finish_notice(
    tx: WriteSession, notice_id: UUID, status: DeliveryStatus, now: datetime, error: str | None = None
) -> None:
    await tx.execute(
        "update notice set status = %s, sent_at = %s, last_error = coalesce(%s, last_error) where id = %s",
        (status, now if status is DeliveryStatus.SENT else None, error, notice_id),
    )


async def count_attempt(tx: WriteSession, notice_id: UUID, error: str) -> None:
    await tx.execute("update notice set attempts = attempts + 1, last_error = %s where id = %s", (error, notice_id))


async def add_consents(tx: WriteSession, user_id: UUID, templates: Sequence[NoticeTemplate], now: datetime) -> None:
    """One more message of each template."""
    await tx.execute_many(
        "insert into consent (user_id, template, remaining, updated_at) values (%s, %s, 1, %s)"
        " on conflict (user_id, template) do update"
        " set remaining = consent.remaining + 1, updated_at = excluded.updated_at",
        [(user_id, template, now) for template in sorted(templates)],
    )


async def use_consent(tx: WriteSession, user_ids: Collection[UUID], template: NoticeTemplate, now: datetime) -> bool:
    """Use up one consent that the person gave under any of their ids; False if there is none."""
    for user_id in sorted(user_ids):
        if await tx.execute(
            "update consent set remaining = remaining - 1, updated_at = %s"
            " where user_id = %s and template = %s and remaining > 0",
            (now, user_id, template),
        ):
            return True
    return False


async def forget_consents(
    tx: WriteSession, user_ids: Collection[UUID], template: NoticeTemplate, now: datetime
) -> None:
    """WeChat says that there are none."""
    await tx.execute(
        "update consent set remaining = 0, updated_at = %s where user_id = any(%s) and template = %s",
        (now, list(user_ids), template),
    )
