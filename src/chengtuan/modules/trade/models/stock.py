"""Stock, and what changed it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

stock = Table(
    "stock",
    METADATA,
    Column("sku_id", Uuid, primary_key=True),
    Column("on_hand", Integer, nullable=False, server_default=text("0")),
    Column("available", Integer, nullable=False, server_default=text("0")),
    Column("reserved", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("available >= 0 and reserved >= 0 and on_hand = available + reserved", name="equation"),
)

stock_movement = Table(
    "stock_movement",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("at", instant(), nullable=False),
    CheckConstraint("kind in ('reserve', 'end')", name="kind"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Each order reserves a SKU once and ends that reservation once, by commit or by release."""

stock_change = Table(
    "stock_change",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, nullable=False, unique=True),
    Column("sku_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("at", instant(), nullable=False),
    CheckConstraint("reason in ('received', 'returned', 'damaged', 'lost', 'counted', 'other')", name="reason"),
    CheckConstraint("before >= 0 and after >= 0", name="units"),
)
"""What people did to the stock, by whom and why; what orders did to it is in `stock_movement`."""
Index("ix_stock_change_sku_id", stock_change.c.sku_id, stock_change.c.id)
