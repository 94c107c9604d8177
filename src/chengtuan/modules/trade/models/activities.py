"""Campaigns and their prices."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chengtuan.modules.trade.models.goods import listing
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

campaign = Table(
    "campaign",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False, index=True),
    Column("product_id", Uuid, ForeignKey(listing.c.product_id), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("tier_people", ARRAY(Integer), nullable=False),
    Column("group_size", Integer, nullable=False),
    Column("group_duration_s", Integer, nullable=False),
    Column("starts_at", instant(), nullable=False),
    Column("ends_at", instant(), nullable=False),
    Column("stock_cap", Integer),
    Column("stock_taken", Integer, nullable=False, server_default=text("0")),
    Column("per_user_limit", Integer),
    Column("regions", ARRAY(Text)),
    Column("newcomers_only", Boolean, nullable=False, server_default=text("false")),
    Column("overflow", Boolean, nullable=False, server_default=text("false")),
    Column("initiator_off_percent", SmallInteger),
    Column("hard_end", Boolean, nullable=False, server_default=text("true")),
    Column("stopped_at", instant()),
    Column("stop_reason", Text),
    Column("created_at", instant(), nullable=False),
    CheckConstraint("kind in ('fixed', 'ladder')", name="kind"),
    CheckConstraint("kind = 'ladder' or not overflow", name="overflow"),
    CheckConstraint("initiator_off_percent between 1 and 100", name="initiator_off"),
    CheckConstraint("group_size >= 2 and group_duration_s >= 60 and ends_at > starts_at", name="sane"),
    CheckConstraint("stock_taken >= 0 and (stock_cap is null or stock_taken <= stock_cap)", name="cap"),
)

campaign_sku = Table(
    "campaign_sku",
    METADATA,
    Column("campaign_id", Uuid, ForeignKey(campaign.c.id), primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("tier_prices_fen", ARRAY(BigInteger), nullable=False),
)
