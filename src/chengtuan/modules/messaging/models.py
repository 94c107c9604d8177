"""Tables of `messaging`. The shopper's inbox is `notice`: `inbox` is the platform's table of handled events."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.modules.messaging.rules.notices import Channel, DeliveryStatus, NoticeTemplate
from chengtuan.platform.tables import instant, module_metadata

METADATA = module_metadata("messaging")


def _one_of(column: str, values: type[NoticeTemplate] | type[Channel] | type[DeliveryStatus]) -> str:
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


notice = Table(
    "notice",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("template", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("order_id", Uuid),
    Column("group_id", Uuid),
    Column("created_at", instant(), nullable=False),
    Column("read_at", instant()),
    Column("status", Text, nullable=False),
    Column("channel", Text),
    Column("wechat_template", Text),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    Column("sent_at", instant()),
    UniqueConstraint("user_id", "template", "subject_id"),
    CheckConstraint(_one_of("template", NoticeTemplate), name="template_known"),
    CheckConstraint(_one_of("status", DeliveryStatus), name="status_known"),
    CheckConstraint(_one_of("channel", Channel), name="channel_known"),
    CheckConstraint("(status = 'sent') = (sent_at is not null)", name="sent_has_time"),
    CheckConstraint("(channel = 'wechat') = (wechat_template is not null)", name="wechat_has_template"),
)
Index("ix_notice_user_id_created_at_id", notice.c.user_id, notice.c.created_at, notice.c.id)
Index("ix_notice_unread", notice.c.user_id, postgresql_where=notice.c.read_at.is_(None))

consent = Table(
    "consent",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("template", Text, primary_key=True),
    Column("remaining", Integer, nullable=False),
    Column("updated_at", instant(), nullable=False),
    CheckConstraint("remaining >= 0", name="remaining_not_negative"),
)
