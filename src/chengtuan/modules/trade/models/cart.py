"""Carts: what somebody means to buy alone, from any merchants."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
    Uuid,
)

from chengtuan.modules.trade.limits import MAX_CART_LINES, MAX_QUANTITY
from chengtuan.modules.trade.models.goods import listing_sku
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

cart_line = Table(
    "cart_line",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("sku_id", Uuid, ForeignKey(listing_sku.c.sku_id), primary_key=True),
    Column("slot", SmallInteger, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_fen", BigInteger, nullable=False),
    Column("version", BigInteger, Identity(always=True), nullable=False),
    Column("added_at", instant(), nullable=False),
    UniqueConstraint("user_id", "slot"),
    CheckConstraint(f"slot between 1 and {MAX_CART_LINES}", name="slot"),
    CheckConstraint(f"quantity between 1 and {MAX_QUANTITY}", name="quantity"),
)
"""A variant in a cart. Each line has one of the cart's hundred slots to itself, so there is no line too many.

`unit_fen` is what one cost when it was added. `version` is another one after each change, and never the same again,
also when the line was gone meanwhile.
"""

cart_request = Table(
    "cart_request",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("request_id", Uuid, primary_key=True),
    Column("sku_id", Uuid, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("at", instant(), nullable=False),
)
"""Units that were added under an Idempotency-Key: a repeated request adds nothing. Kept for a day."""
