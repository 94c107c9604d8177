"""The tables of the schema `platform`, which belongs to no module."""

from sqlalchemy import Boolean, CheckConstraint, Column, LargeBinary, MetaData, Table, Text, Uuid, text

from chengtuan.platform.tables import HASHED, NAMING, instant

METADATA = MetaData(schema="platform", naming_convention=NAMING)

installation = Table(
    "installation",
    METADATA,
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    Column("identity", Uuid, nullable=False),
    Column("founded_at", instant(), nullable=False, server_default=text("now()")),
    Column("restored_from", Uuid),
    Column("state", Text, nullable=False),
    CheckConstraint("single_row", name="single_row"),
    CheckConstraint("state in ('whole', 'filling', 'restoring')", name="state_known"),
)

key_check = Table(
    "key_check",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False, info=HASHED),
)
