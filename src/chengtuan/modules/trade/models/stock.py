"""Stock: where it lies, how much there is, and the ledger of what changed it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

place = Table(
    "place",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    CheckConstraint("kind in ('main', 'store', 'supplier')", name="kind"),
)
"""Where a merchant keeps goods. Orders are taken from the main place."""
Index("uq_place_main", place.c.merchant_id, unique=True, postgresql_where=text("kind = 'main'"))

stock = Table(
    "stock",
    METADATA,
    Column("sku_id", Uuid, primary_key=True),
    Column("place_id", Uuid, ForeignKey(place.c.id), primary_key=True),
    Column("on_hand", Integer, nullable=False, server_default=text("0")),
    Column("available", Integer, nullable=False, server_default=text("0")),
    Column("reserved", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("available >= 0 and reserved >= 0 and on_hand = available + reserved", name="equation"),
)
"""The sum of its movements."""

stock_movement = Table(
    "stock_movement",
    METADATA,
    Column("sku_id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("place_id", Uuid, nullable=False),
    Column("batch_id", Uuid),
    Column("reason", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("line", SmallInteger, nullable=False),
    Column("delta_available", Integer, nullable=False),
    Column("delta_reserved", Integer, nullable=False),
    Column("available", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("at", instant(), nullable=False),
    Column("staff_id", Uuid),
    Column("staff_name", Text),
    Column("note", Text, nullable=False),
    Column("parcel_id", Uuid),
    CheckConstraint(
        "reason in ('opening', 'received', 'returned', 'damaged', 'lost', 'counted', 'other', 'reserved', 'shipped',"
        " 'released', 'set_aside', 'put_back')",
        name="reason",
    ),
    CheckConstraint("subject_kind in ('order', 'request', 'sku', 'allotment')", name="subject"),
    CheckConstraint("delta_available <> 0 or delta_reserved <> 0", name="delta"),
    CheckConstraint("(staff_id is null) = (staff_name is null)", name="staff"),
    CheckConstraint("subject_kind <> 'request' or staff_id is not null", name="request"),
    CheckConstraint("(reason = 'shipped') = (parcel_id is not null)", name="parcel"),
)
"""Every change of stock, with its cause and what it left behind (`available`, `reserved`). Written once.

The subject is an order and its line, a person's request (the Idempotency-Key), what was set aside for a flash sale
(`flash_allotment`), or the variant itself for what was there before the ledger. `staff_name` is the name they had
then. What is shipped goes in a parcel.
"""
Index(
    "uq_stock_movement_subject",  # a line of an order is reserved once and released once
    stock_movement.c.subject_id,
    stock_movement.c.line,
    stock_movement.c.reason,
    unique=True,
    postgresql_where=text("subject_kind <> 'request' and reason <> 'shipped'"),
)
Index(
    "uq_stock_movement_parcel",  # and is in a parcel once; an order with a parcel is never given up (`ck_shop_order`)
    stock_movement.c.subject_id,
    stock_movement.c.parcel_id,
    stock_movement.c.line,
    unique=True,
    postgresql_where=text("parcel_id is not null"),
)
Index(
    "uq_stock_movement_request",
    stock_movement.c.staff_id,
    stock_movement.c.subject_id,
    unique=True,
    postgresql_where=text("subject_kind = 'request'"),
)
Index(
    "ix_stock_movement_people",
    stock_movement.c.sku_id,
    stock_movement.c.seq,
    postgresql_where=text("staff_id is not null"),
)
