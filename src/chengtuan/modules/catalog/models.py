"""Tables of `catalog`. Texts are JSON by language."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.platform.tables import instant, module_metadata

METADATA = module_metadata("catalog")

category = Table(
    "category",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("name", JSONB, nullable=False),
    Column("icon_url", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

product = Table(
    "product",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("merchant_name", JSONB, nullable=False),
    Column("name", JSONB, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("description", JSONB, nullable=False),
    Column("category_slug", Text, ForeignKey(category.c.slug), nullable=False, index=True),
    Column("images", ARRAY(Text), nullable=False),
    Column("list_price_fen", BigInteger),
    Column("published", Boolean, nullable=False),
    Column("was_published", Boolean, nullable=False, server_default=text("false")),
    Column("demo", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", instant(), nullable=False),
    Column("updated_at", instant(), nullable=False),
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("request_id", Uuid),
    CheckConstraint("list_price_fen > 0", name="list_price"),
    CheckConstraint("cardinality(images) > 0", name="images"),
    CheckConstraint("version > 0", name="version"),
)
Index("ix_product_merchant_id", product.c.merchant_id, product.c.id)
Index(
    "ix_product_grams",
    func.catalog.grams(product.c.search_text),
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
)
Index(
    "uq_product_request_id",
    product.c.merchant_id,
    product.c.request_id,
    unique=True,
    postgresql_where=product.c.request_id.is_not(None),
)

product_edit = Table(
    "product_edit",
    METADATA,
    Column("product_id", Uuid, ForeignKey(product.c.id), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("fields", ARRAY(Text), nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("at", instant(), nullable=False),
)
"""Who changed which fields when: what a refused edit is told."""

sku = Table(
    "sku",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("product_id", Uuid, ForeignKey(product.c.id), nullable=False),
    Column("name", JSONB, nullable=False),
    Column("solo_price_fen", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    CheckConstraint("solo_price_fen > 0", name="solo_price"),
    UniqueConstraint("product_id", "position", deferrable=True, initially="DEFERRED"),
)

price_floor = Table(
    "price_floor",
    METADATA,
    Column("campaign_id", Uuid, primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("product_id", Uuid, ForeignKey(product.c.id), nullable=False, index=True),
    Column("group_price_fen", BigInteger, nullable=False),
    Column("until", instant(), nullable=False),
)
"""What groups pay for a variant: alone it may not become cheaper, as long as a campaign runs on it."""

media = Table(
    "media",
    METADATA,
    Column("url", Text, primary_key=True),
    Column("merchant_id", Uuid, primary_key=True),
    Column("staff_id", Uuid, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("uploaded_at", instant(), nullable=False),
)
