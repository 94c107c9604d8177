"""Tables of `fulfilment`."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.rules.uploads import UploadStatus
from chengtuan.modules.trade.facade import MAX_PARCELS
from chengtuan.platform.tables import instant, module_metadata

METADATA = module_metadata("fulfilment")


def _one_of(column: str, values: type[ShipmentEventCode] | type[UploadStatus]) -> str:
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


parcel_task = Table(
    "parcel_task",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("ready_at", instant(), nullable=False),
    Column("shipped_at", instant()),
)
Index(
    "ix_parcel_task_waiting",
    parcel_task.c.merchant_id,
    parcel_task.c.ready_at,
    postgresql_where=parcel_task.c.shipped_at.is_(None),
)

shipment = Table(
    "shipment",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("parcels", SmallInteger),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("upload_status", Text, nullable=False),
    Column("upload_attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("upload_refusals", SmallInteger, nullable=False, server_default=text("0")),
    Column("upload_error", Text),
    Column("uploaded_at", instant()),
    Column("corrected_after_report", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(_one_of("upload_status", UploadStatus), name="upload_status_known"),
    CheckConstraint("(upload_status = 'done') = (uploaded_at is not null)", name="done_has_time"),
)
"""An order of which something was sent, and how its report to WeChat stands.

`parcels`: how many there are, once the last one went. `revision` grows with each parcel and each corrected number.
"""

parcel = Table(
    "parcel",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(shipment.c.order_id), nullable=False),
    Column("nth", SmallInteger, nullable=False),
    Column("carrier_code", Text, nullable=False),
    Column("tracking_no", Text, nullable=False),
    Column("sent_at", instant(), nullable=False),
    UniqueConstraint("order_id", "nth"),
    CheckConstraint(f"nth between 1 and {MAX_PARCELS}", name="nth"),
    CheckConstraint("tracking_no ~ '^[A-Z0-9-]{8,32}$'", name="tracking_no_form"),
)

parcel_line = Table(
    "parcel_line",
    METADATA,
    Column("parcel_id", Uuid, ForeignKey(parcel.c.id), primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""What a parcel holds, as trade booked it: trade alone decides how many pieces of a line are left."""

parcel_number = Table(
    "parcel_number",
    METADATA,
    Column("merchant_id", Uuid, primary_key=True),
    Column("tracking_no", Text, primary_key=True),
    Column("order_id", Uuid, primary_key=True),
    Column("parcel_id", Uuid, nullable=False),
    Column("held", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("held >= 0", name="held"),
)
"""Which orders go in the parcel with a number: taken before a parcel is sent, so that two packers with one label are
asked whether they mean it. Whoever takes it first gives the parcel its id, and with that all who repeat it.

`held`: how many took it and were not refused. At 0 no other order is asked about it; the parcel's id stays, because
the same label has to stay the same parcel, whoever else was refused with it."""

parcel_event = Table(
    "parcel_event",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("parcel_id", Uuid, ForeignKey(parcel.c.id), nullable=False),
    Column("at", instant(), nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("staff_id", Uuid),
    Column("wrong_carrier", Text),
    Column("wrong_no", Text),
    CheckConstraint(_one_of("code", ShipmentEventCode), name="code_known"),
    CheckConstraint("(code = 'number_corrected') = (wrong_no is not null)", name="wrong_no"),
    Index("ix_parcel_event_parcel_id_at", "parcel_id", "at"),
)
