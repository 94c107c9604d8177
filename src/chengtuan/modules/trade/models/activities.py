"""Activities: terms under which a product is sold in a window of time, and their prices."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.modules.trade.models.goods import listing
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import HASHED, instant

activity = Table(
    "activity",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("merchant_id", Uuid, nullable=False, index=True),
    Column("product_id", Uuid, ForeignKey(listing.c.product_id), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("starts_at", instant(), nullable=False),
    Column("ends_at", instant(), nullable=False),
    Column("stopped_at", instant()),
    Column("stop_reason", Text),
    Column("cap", Integer),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    Column("per_user_limit", Integer),
    Column("eligibility", JSONB, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("created_at", instant(), nullable=False),
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("staff_id", Uuid),
    Column("request_id", Uuid),
    Column("request_hash", LargeBinary, info=HASHED),
    CheckConstraint("num_nulls(staff_id, request_id, request_hash) in (0, 3)", name="request"),
    CheckConstraint("kind in ('group', 'flash', 'presale', 'newcomer')", name="kind"),
    CheckConstraint("terms ->> 'kind' = kind", name="terms"),
    CheckConstraint("ends_at > starts_at", name="window"),
    CheckConstraint("kind <> 'flash' or per_user_limit is not null", name="flash"),
    CheckConstraint("taken >= 0 and (cap is null or taken <= cap)", name="cap"),
)
"""Columns are what SQL finds, locks or counts by; all else is in `terms`, a value of the class of its kind
(`activities/rules/terms.py`), and in `eligibility`, which every kind has. `search_text` is the name as it is searched
(`kernel.search`). A request of a person makes one activity."""
Index(
    "uq_activity_request",
    activity.c.staff_id,
    activity.c.request_id,
    unique=True,
    postgresql_where=activity.c.request_id.is_not(None),
)
Index("ix_activity_newest", activity.c.kind, activity.c.id.desc())
Index("ix_activity_merchant_newest", activity.c.merchant_id, activity.c.kind, activity.c.id.desc())
Index(
    "ix_activity_grams",
    func.trade.grams(activity.c.search_text),
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
)
Index("ix_activity_flash", activity.c.ends_at, postgresql_where=text("kind = 'flash'"))

activity_price = Table(
    "activity_price",
    METADATA,
    Column("activity_id", Uuid, ForeignKey(activity.c.id), primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("tier_prices_fen", ARRAY(BigInteger), nullable=False),
    CheckConstraint("cardinality(tier_prices_fen) > 0 and 0 < all (tier_prices_fen)", name="prices"),
)
"""What a variant costs, one price a tier, the first one on joining; of a kind without tiers there is one."""
