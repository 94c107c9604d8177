"""Groups, seats, and who is one person."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.modules.trade.models.activities import activity
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.modules.trade.models.orders import shop_order
from chengtuan.platform.tables import instant

buy_group = Table(
    "buy_group",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey(activity.c.id), nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("initiator_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("fail_reason", Text),
    Column("terms", JSONB, nullable=False),
    Column("eligibility", JSONB, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("locked", Integer, nullable=False),
    Column("paid", Integer, nullable=False),
    Column("goal", Text, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("final_tier", SmallInteger),
    Column("created_at", instant(), nullable=False),
    Column("opened_at", instant()),
    Column("deadline", instant()),
    Column("formed_at", instant()),
    Column("ended_at", instant()),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("0 <= paid and paid <= locked and locked <= seats", name="seats"),
    CheckConstraint("goal in ('form', 'next_tier', 'none') and (goal = 'none') = (missing = 0)", name="goal"),
    CheckConstraint("status in ('draft', 'open', 'succeeded', 'failed')", name="status"),
    CheckConstraint("(status = 'succeeded') = (final_tier is not null)", name="final_tier"),
    CheckConstraint("(status = 'failed') = (fail_reason is not null)", name="fail_reason"),
    CheckConstraint("status <> 'open' or deadline is not null", name="deadline"),
)
"""`terms` and `eligibility` are those of its activity on the day it was opened. `missing` people reach `goal`
(`activities/rules/progress.py`); both are written with `paid`."""
Index(
    "ix_buy_group_open",
    buy_group.c.product_id,
    buy_group.c.deadline,
    postgresql_where=text("status = 'open'"),
)
Index("ix_buy_group_merchant", buy_group.c.merchant_id, buy_group.c.id.desc())
Index("ix_buy_group_activity", buy_group.c.activity_id, buy_group.c.status)
# lists of the console, of one merchant and of all: the newest of each state, and those that end next
_OPENED = text("opened_at is not null")
for _of, _columns in {
    "": (),
    "merchant_": (buy_group.c.merchant_id,),
    "activity_": (buy_group.c.activity_id,),
}.items():
    Index(f"ix_buy_group_{_of}status", *_columns, buy_group.c.status, buy_group.c.id.desc(), postgresql_where=_OPENED)
    Index(
        f"ix_buy_group_{_of}ends_next",
        *_columns,
        buy_group.c.deadline,
        buy_group.c.id,
        postgresql_where=text("status = 'open'"),
    )

seat = Table(
    "seat",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("group_id", Uuid, ForeignKey(buy_group.c.id), nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("avatar", Text, nullable=False),
    Column("locked_at", instant(), nullable=False),
    Column("paid_at", instant()),
    CheckConstraint("status in ('locked', 'paid', 'released')", name="status"),
)
Index("ix_seat_group", seat.c.group_id, seat.c.paid_at)
Index("ix_seat_user", seat.c.user_id, seat.c.locked_at.desc())
Index(
    "uq_seat_active",
    seat.c.group_id,
    seat.c.user_id,
    unique=True,
    postgresql_where=text("status in ('locked', 'paid')"),
)

united_buyer = Table(
    "united_buyer",
    METADATA,
    Column("absorbed_id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False, index=True),
    CheckConstraint("absorbed_id <> user_id", name="two"),
)
"""Ids over which orders were judged as one person's: from then on none is judged over fewer of them."""
