"""Refunds, planned and followed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.modules.trade.models.orders import shop_order
from chengtuan.platform.tables import instant

refund = Table(
    "refund",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), nullable=False, index=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("payment_id", Uuid, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cause", Text),
    Column("status", Text, nullable=False),
    Column("planned_at", instant(), nullable=False),
    Column("submitted_at", instant()),
    Column("succeeded_at", instant()),
    Column("trouble", Text),
    Column("note", Text),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("status in ('planned', 'submitted', 'succeeded', 'abnormal')", name="status"),
)
Index("ix_refund_merchant", refund.c.merchant_id, refund.c.id.desc())
Index("ix_refund_waiting", refund.c.merchant_id, refund.c.planned_at, postgresql_where=text("status <> 'succeeded'"))
Index("ix_refund_status", refund.c.status, refund.c.id)
Index("ix_refund_merchant_status", refund.c.merchant_id, refund.c.status, refund.c.id)
