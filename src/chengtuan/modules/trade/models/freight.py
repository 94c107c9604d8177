"""What delivery costs: merchants' templates, which product is sent by which, and what variants weigh."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chengtuan.modules.trade.limits import MAX_GRAMS
from chengtuan.modules.trade.models.goods import listing, listing_sku
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

freight_template = Table(
    "freight_template",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", instant(), nullable=False),
    Column("staff_id", Uuid),
    Column("staff_name", Text),
    UniqueConstraint("merchant_id", "name"),
    CheckConstraint("unit in ('piece', 'gram')", name="unit"),
)

freight_default = Table(
    "freight_default",
    METADATA,
    Column("merchant_id", Uuid, primary_key=True),
    Column("template_id", Uuid, ForeignKey(freight_template.c.id), nullable=False, index=True),
)
"""By which template a merchant's new products are sent."""

freight_zone = Table(
    "freight_zone",
    METADATA,
    Column("template_id", Uuid, ForeignKey(freight_template.c.id), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("first_units", Integer, nullable=False),
    Column("first_fen", BigInteger, nullable=False),
    Column("further_units", Integer, nullable=False),
    Column("further_fen", BigInteger, nullable=False),
    Column("free_from_fen", BigInteger),
    Column("free_from_pieces", Integer),
    CheckConstraint("first_units > 0 and further_units > 0", name="units"),
    CheckConstraint("first_fen >= 0 and further_fen >= 0", name="prices"),
    CheckConstraint("free_from_fen > 0 and free_from_pieces > 0", name="thresholds"),
)
"""Prices for some provinces. Position 0 is everywhere else."""

freight_region = Table(
    "freight_region",
    METADATA,
    Column("template_id", Uuid, ForeignKey(freight_template.c.id), primary_key=True),
    Column("province_code", Text, primary_key=True),
    Column("position", SmallInteger),
    ForeignKeyConstraint(["template_id", "position"], [freight_zone.c.template_id, freight_zone.c.position]),
    CheckConstraint("province_code ~ '^[0-9]{6}$'", name="province"),
    CheckConstraint("position > 0", name="position"),
)
"""Which zone a province is in, one at most by the key; without a position it is not delivered to."""

product_freight = Table(
    "product_freight",
    METADATA,
    Column("product_id", Uuid, ForeignKey(listing.c.product_id), primary_key=True),
    Column("template_id", Uuid, ForeignKey(freight_template.c.id), index=True),
    Column("version", Integer, nullable=False),
    Column("updated_at", instant()),
    Column("staff_id", Uuid),
    Column("staff_name", Text),
)
"""By which template a product is sent. A product without one is sent free. Nobody chose what a default chose."""

sku_weight = Table(
    "sku_weight",
    METADATA,
    Column("sku_id", Uuid, ForeignKey(listing_sku.c.sku_id), primary_key=True),
    Column("grams", Integer, nullable=False),
    CheckConstraint(f"grams between 1 and {MAX_GRAMS}", name="grams"),
)
