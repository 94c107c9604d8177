"""Who waits for a flash sale."""

from sqlalchemy import CheckConstraint, Column, Index, SmallInteger, Table, Uuid

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

flash_turn = Table(
    "flash_turn",
    METADATA,
    Column("activity_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("asked_at", instant(), nullable=False),
    Column("turn_at", instant()),
    Column("bits", SmallInteger, nullable=False),
    CheckConstraint("bits >= 0", name="bits"),
    prefixes=["UNLOGGED"],
)
"""A person's one turn of a sale, whatever they ask for it with; without `turn_at` they asked before the start and are
drawn by lot. After a crash of the server everybody asks afresh; tickets that were given out stay good."""
# Rows come in the order of time and go in it: a few pages of index find the old ones among all.
Index("ix_flash_turn_asked_at", flash_turn.c.asked_at, postgresql_using="brin")
