"""Products as the catalog published them, kept here so that a shelf or an order needs no call to another module."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

# What catalog publishes, kept here so that a shelf or an order needs no call to another module.
listing = Table(
    "listing",
    METADATA,
    Column("product_id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("merchant_name", JSONB, nullable=False),
    Column("name", JSONB, nullable=False),
    Column("image_url", Text, nullable=False),
    Column("category_slug", Text, nullable=False),
    Column("list_price_fen", BigInteger),
    Column("solo_price_fen", BigInteger, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sold", Integer, nullable=False, server_default=text("0")),
    Column("listed_at", instant(), nullable=False),
    Column("number", Integer, Identity(always=True), nullable=False, unique=True),
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("search_grams", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("search_spelt", Text, nullable=False, server_default=text("''")),
)
"""`number` names a product shortly, for cursors. `search_*` are the names as they are searched (`kernel.search`) and as
they sound (`kernel.pinyin`).

No index has `sold`: a sale changes nothing but the row.
"""
Index("ix_listing_merchant", listing.c.merchant_id, listing.c.product_id.desc())
# a search would read what waits to be sorted in from end to end
Index("ix_listing_search", listing.c.search_grams, postgresql_using="gin", postgresql_with={"fastupdate": "off"})

listing_sku = Table(
    "listing_sku",
    METADATA,
    Column("sku_id", Uuid, primary_key=True),
    Column("product_id", Uuid, ForeignKey(listing.c.product_id), nullable=False, index=True),
    Column("name", JSONB, nullable=False),
    Column("solo_price_fen", BigInteger, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    CheckConstraint("solo_price_fen > 0", name="price"),
)

goods_name = Table(
    "goods_name",
    METADATA,
    Column("product_id", Uuid, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("grams", ARRAY(Text), nullable=False),
)
"""Every name that a product was sold under, as it is searched (`kernel.search`): orders keep the name of their day."""
Index("ix_goods_name_grams", goods_name.c.grams, postgresql_using="gin")
