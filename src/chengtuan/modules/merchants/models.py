"""Tables of `merchants`."""

from sqlalchemy import Boolean, Column, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.platform.tables import instant, module_metadata

METADATA = module_metadata("merchants")

merchant = Table(
    "merchant",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name", JSONB, nullable=False),
    Column("intro", JSONB, nullable=False),
    Column("logo_url", Text, nullable=False),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", instant(), nullable=False),
)
