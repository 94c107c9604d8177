"""What the inbox looks like from outside."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.messaging.rows import InboxRow
from chengtuan.modules.messaging.rules.notices import NoticeTemplate
from chengtuan.platform.http.fields import Instant, LTextOut

MOST_TEMPLATES_PER_ASK = 3
"""WeChat's dialogue asks for three at most."""


class InboxMessage(BaseModel):
    """Clients make the sentence from the template and its parameters; amounts (`*_fen`) in fen."""

    id: UUID
    template: NoticeTemplate
    params: dict[str, LTextOut | str | int | bool | None]
    order_id: UUID | None
    group_id: UUID | None
    created_at: Instant
    read: bool

    @staticmethod
    def of(row: InboxRow) -> "InboxMessage":
        return InboxMessage(
            id=row.id,
            template=NoticeTemplate(row.template),
            params=row.params,
            order_id=row.order_id,
            group_id=row.group_id,
            created_at=row.created_at,
            read=row.read_at is not None,
        )


class Inbox(BaseModel):
    items: list[InboxMessage]
    next_cursor: str | None
    unread: int


class SubscriptionTemplate(BaseModel):
    """`template_id` is what `wx.requestSubscribeMessage` takes."""

    key: NoticeTemplate
    template_id: str


class SubscriptionTemplateList(BaseModel):
    """In the order in which a client should offer them; it may ask for three at a time."""

    items: list[SubscriptionTemplate]


class SubscriptionInput(BaseModel):
    """The template ids that the person accepted in WeChat's dialogue."""

    accepted: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
        Field(max_length=MOST_TEMPLATES_PER_ASK),
    ]
