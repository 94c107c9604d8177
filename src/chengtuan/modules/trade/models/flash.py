"""Flash sales: what is set aside for each, and who holds how much of it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.modules.trade.models.activities import activity
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.modules.trade.models.orders import shop_order
from chengtuan.platform.tables import HASHED, instant

flash_stock = Table(
    "flash_stock",
    METADATA,
    Column("activity_id", Uuid, ForeignKey(activity.c.id), primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("allotted", Integer, nullable=False),
    Column("held", Integer, nullable=False, server_default=text("0")),
    Column("sold", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("allotted >= 0 and held >= 0 and sold >= 0 and held + sold <= allotted", name="units"),
)
"""Units of a variant in a sale. `held` wait to become orders, `sold` are in orders that stand; the rest is free.

What is not sold is reserved in the merchant's stock (`stock_movement`, `set_aside` and `put_back`)."""

flash_allotment = Table(
    "flash_allotment",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey(activity.c.id), nullable=False, index=True),
    Column("sku_id", Uuid, nullable=False),
    Column("units", Integer, nullable=False),
    Column("staff_id", Uuid),
    Column("request_id", Uuid),
    Column("created_at", instant(), nullable=False),
    UniqueConstraint("staff_id", "request_id"),
    CheckConstraint("units <> 0", name="units"),
    CheckConstraint("request_id is null or staff_id is not null", name="request"),
)
"""Units that were set aside for a sale, or put back (below zero): the subject of each such movement of stock."""

flash_hold = Table(
    "flash_hold",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("activity_id", Uuid, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("request_hash", LargeBinary, nullable=False, info=HASHED),
    Column("quantity", Integer, nullable=False),
    Column("address_id", Uuid, nullable=False),
    Column("device", Uuid),
    Column("status", Text, nullable=False),
    Column("order_id", Uuid, ForeignKey(shop_order.c.id)),
    Column("problem", JSONB),
    Column("created_at", instant(), nullable=False),
    UniqueConstraint("user_id", "request_id"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("status in ('held', 'ordered', 'refused', 'released')", name="status"),
    CheckConstraint("(status in ('ordered', 'released')) = (order_id is not null)", name="order"),
    CheckConstraint("(status = 'refused') = (problem is not null)", name="problem"),
)
"""Units that are somebody's. Narrow, because a rush writes many: whoever writes one holds the sale's `flash_stock`.

`problem` is why no order could be made of it (`Problem.to_body`)."""
Index("ix_flash_hold_user", flash_hold.c.activity_id, flash_hold.c.user_id)
Index(
    "ix_flash_hold_device",
    flash_hold.c.activity_id,
    flash_hold.c.device,
    postgresql_where=text("device is not null"),
)
Index("ix_flash_hold_refused", flash_hold.c.created_at, postgresql_where=text("status = 'refused'"))
Index("ix_flash_hold_waiting", flash_hold.c.id, postgresql_where=text("status = 'held'"))
Index("uq_flash_hold_order", flash_hold.c.order_id, unique=True, postgresql_where=text("order_id is not null"))
