"""Tables of `trade`. Constraints here are the last line behind every conditional statement."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.platform.tables import HASHED, SEALED, instant, module_metadata

METADATA = module_metadata("trade")

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
)
"""`number` names a product shortly, for cursors. `search_*` are the names as they are searched: `kernel.search`."""
Index("ix_listing_search", listing.c.search_grams, postgresql_using="gin")
Index("ix_listing_shelf", listing.c.category_slug, listing.c.sold.desc(), postgresql_where=listing.c.published)

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

stock = Table(
    "stock",
    METADATA,
    Column("sku_id", Uuid, primary_key=True),
    Column("on_hand", Integer, nullable=False, server_default=text("0")),
    Column("available", Integer, nullable=False, server_default=text("0")),
    Column("reserved", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("available >= 0 and reserved >= 0 and on_hand = available + reserved", name="equation"),
)

stock_movement = Table(
    "stock_movement",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("sku_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("at", instant(), nullable=False),
    CheckConstraint("kind in ('reserve', 'end')", name="kind"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Each order reserves a SKU once and ends that reservation once, by commit or by release."""

stock_change = Table(
    "stock_change",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, nullable=False, unique=True),
    Column("sku_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("at", instant(), nullable=False),
    CheckConstraint("reason in ('received', 'returned', 'damaged', 'lost', 'counted', 'other')", name="reason"),
    CheckConstraint("before >= 0 and after >= 0", name="units"),
)
"""What people did to the stock, by whom and why; what orders did to it is in `stock_movement`."""
Index("ix_stock_change_sku_id", stock_change.c.sku_id, stock_change.c.id)

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

buy_group = Table(
    "buy_group",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, ForeignKey(campaign.c.id), nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("initiator_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("fail_reason", Text),
    Column("size", Integer, nullable=False),
    Column("tier_people", ARRAY(Integer), nullable=False),
    Column("initiator_off_percent", SmallInteger),
    Column("locked", Integer, nullable=False),
    Column("paid", Integer, nullable=False),
    Column("final_tier", SmallInteger),
    Column("created_at", instant(), nullable=False),
    Column("opened_at", instant()),
    Column("deadline", instant()),
    Column("formed_at", instant()),
    Column("ended_at", instant()),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("0 <= paid and paid <= locked and locked <= size", name="seats"),
    CheckConstraint("status in ('draft', 'open', 'succeeded', 'failed')", name="status"),
    CheckConstraint("(status = 'succeeded') = (final_tier is not null)", name="final_tier"),
    CheckConstraint("(status = 'failed') = (fail_reason is not null)", name="fail_reason"),
    CheckConstraint("status <> 'open' or deadline is not null", name="deadline"),
)
Index(
    "ix_buy_group_open",
    buy_group.c.product_id,
    buy_group.c.deadline,
    postgresql_where=text("status = 'open'"),
)
Index("ix_buy_group_merchant", buy_group.c.merchant_id, buy_group.c.id.desc())
Index("ix_buy_group_campaign", buy_group.c.campaign_id, buy_group.c.status)

shop_order = Table(
    "shop_order",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("request_id", Uuid, nullable=False),
    Column("request_hash", LargeBinary, nullable=False, info=HASHED),
    Column("user_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("merchant_name", JSONB, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("campaign_id", Uuid),
    Column("group_id", Uuid, ForeignKey(buy_group.c.id), index=True),
    Column("goods_fen", BigInteger, nullable=False),
    Column("off_fen", BigInteger, nullable=False),
    Column("freight_fen", BigInteger, nullable=False),
    Column("payable_fen", BigInteger, nullable=False),
    Column("paid_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("refund_planned_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("refunded_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("address_sealed", LargeBinary, nullable=False, info=SEALED),
    # Of orders from before remarks were encrypted; a job moves them into the next column.
    Column("remark", Text, nullable=False, server_default=text("''")),
    Column("remark_sealed", LargeBinary, info=SEALED),
    Column("carrier_code", Text),
    Column("tracking_no", Text),
    Column("created_at", instant(), nullable=False),
    Column("pay_before", instant(), nullable=False),
    Column("paid_at", instant()),
    Column("ready_at", instant()),
    Column("shipped_at", instant()),
    Column("completed_at", instant()),
    Column("cancelled_at", instant()),
    Column("cancel_reason", Text),
    UniqueConstraint("user_id", "request_id"),
    CheckConstraint("payable_fen > 0 and off_fen >= 0 and freight_fen >= 0", name="amounts"),
    CheckConstraint("payable_fen = goods_fen - off_fen + freight_fen", name="sum"),
    CheckConstraint("refunded_fen <= refund_planned_fen and refund_planned_fen <= paid_fen", name="refunds"),
    CheckConstraint("(kind = 'group') = (group_id is not null)", name="kind"),
)
Index("ix_shop_order_user", shop_order.c.user_id, shop_order.c.id.desc())
Index("ix_shop_order_merchant", shop_order.c.merchant_id, shop_order.c.status, shop_order.c.id.desc())
Index("ix_shop_order_open_remark", shop_order.c.id, postgresql_where=text("remark <> ''"))
Index("ix_shop_order_campaign_user", shop_order.c.campaign_id, shop_order.c.user_id)
Index(
    "ix_shop_order_waiting",
    shop_order.c.merchant_id,
    shop_order.c.ready_at,
    shop_order.c.id,
    postgresql_where=text("status = 'to_ship'"),
)

order_line = Table(
    "order_line",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    Column("product_id", Uuid, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    Column("product_name", JSONB, nullable=False),
    Column("sku_name", JSONB, nullable=False),
    Column("image_url", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("list_unit_fen", BigInteger, nullable=False),
    Column("unit_fen", BigInteger, nullable=False),
    Column("goods_fen", BigInteger, nullable=False),
    Column("off_fen", BigInteger, nullable=False),
    Column("payable_fen", BigInteger, nullable=False),
    Column("tier_prices_fen", ARRAY(BigInteger), nullable=False),
    UniqueConstraint("order_id", "sku_id"),
    CheckConstraint("line between 1 and 50 and quantity > 0", name="counts"),
    CheckConstraint("goods_fen = unit_fen * quantity", name="goods"),
    CheckConstraint("off_fen >= 0 and payable_fen = goods_fen - off_fen and payable_fen >= 0", name="sum"),
    CheckConstraint("unit_fen > 0 and list_unit_fen >= unit_fen", name="unit"),
)
"""What an order is of, in the texts and prices of its day. `list_unit_fen` is one piece alone, `unit_fen` is what one
costs here: the first tier's price in a group, whose tiers are all kept. `trade_0012` has the trigger by which the lines
sum to their order, and a group's order has one."""
Index("ix_order_line_product", order_line.c.product_id, order_line.c.order_id)

order_adjustment = Table(
    "order_adjustment",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("seq", SmallInteger, primary_key=True),
    Column("line", SmallInteger),
    Column("kind", Text, nullable=False),
    Column("source_id", Uuid),
    Column("rule", JSONB, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("borne_by", Text, nullable=False),
    CheckConstraint("kind in ('member', 'threshold', 'coupon', 'points', 'freight')", name="kind"),
    CheckConstraint("(kind = 'freight') = (line is null)", name="line"),
    CheckConstraint("case when kind = 'freight' then amount_fen >= 0 else amount_fen < 0 end", name="sign"),
    CheckConstraint("borne_by in ('merchant', 'platform')", name="borne_by"),
)
"""What made an order dearer or cheaper than its goods, by the rule that did: a later price is computed from it again.

`amount_fen` is what it adds to what is paid; reductions are below zero and belong to a line, freight to none."""

instalment = Table(
    "instalment",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("seq", SmallInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payable_fen", BigInteger, nullable=False),
    Column("pay_after", instant()),
    Column("pay_before", instant(), nullable=False),
    Column("payment_id", Uuid),
    Column("paid_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("paid_at", instant()),
    CheckConstraint("kind in ('full', 'deposit', 'balance')", name="kind"),
    CheckConstraint("payable_fen > 0", name="amount"),
    CheckConstraint("num_nulls(payment_id, paid_at) in (0, 2) and (payment_id is null) = (paid_fen = 0)", name="paid"),
    CheckConstraint("paid_fen in (0, payable_fen)", name="whole"),
)
"""What an order is paid in: all at once, or a deposit and a balance. Money that buys nothing is not in it."""

order_search = Table(
    "order_search",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("number_back", Text, nullable=False),
    Column("phone_key", LargeBinary, info=HASHED),
    Column("phone_tail_key", LargeBinary, info=HASHED),
    Column("name_key", LargeBinary, info=HASHED),
    CheckConstraint("num_nulls(phone_key, phone_tail_key, name_key) in (0, 3)", name="keys"),
)
"""What an order is found by, written once, so that its many changes of state touch no index of these.

`number_back` is the number from its end, as people read its last digits. The keys are blind indexes of what
`address_sealed` holds (`search_keys`); orders from before have none until a job made them.
"""
Index("ix_order_search_number", order_search.c.number_back, postgresql_ops={"number_back": "text_pattern_ops"})
Index("ix_order_search_phone", order_search.c.phone_key, order_search.c.merchant_id, order_search.c.order_id)
Index("ix_order_search_tail", order_search.c.phone_tail_key, order_search.c.merchant_id, order_search.c.order_id)
Index("ix_order_search_name", order_search.c.name_key, order_search.c.merchant_id, order_search.c.order_id)
Index("ix_order_search_no_keys", order_search.c.order_id, postgresql_where=order_search.c.phone_key.is_(None))

order_parcel = Table(
    "order_parcel",
    METADATA,
    Column("tracking_no", Text, primary_key=True),
    Column("merchant_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
)
"""Every number that an order's parcel had: somebody may ask with one that was corrected since."""

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

seat = Table(
    "seat",
    METADATA,
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), primary_key=True),
    Column("group_id", Uuid, ForeignKey(buy_group.c.id), nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("avatar", Text, nullable=False),
    Column("locked_at", instant(), nullable=False),
    Column("paid_at", instant()),
    CheckConstraint("status in ('locked', 'paid', 'released')", name="status"),
)
Index("ix_seat_group", seat.c.group_id, seat.c.paid_at)
Index("ix_seat_user", seat.c.user_id, seat.c.locked_at.desc())
Index(
    "uq_seat_active",
    seat.c.group_id,
    seat.c.user_id,
    unique=True,
    postgresql_where=text("status in ('locked', 'paid')"),
)

united_buyer = Table(
    "united_buyer",
    METADATA,
    Column("absorbed_id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False, index=True),
    CheckConstraint("absorbed_id <> user_id", name="two"),
)
"""Ids over which orders were judged as one person's: from then on none is judged over fewer of them."""

refund = Table(
    "refund",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), nullable=False, index=True),
    Column("merchant_id", Uuid, nullable=False),
    Column("payment_id", Uuid, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cause", Text),
    Column("status", Text, nullable=False),
    Column("planned_at", instant(), nullable=False),
    Column("submitted_at", instant()),
    Column("succeeded_at", instant()),
    Column("trouble", Text),
    Column("note", Text),
    CheckConstraint("amount_fen > 0", name="amount"),
    CheckConstraint("status in ('planned', 'submitted', 'succeeded', 'abnormal')", name="status"),
)
Index("ix_refund_merchant", refund.c.merchant_id, refund.c.id.desc())
Index("ix_refund_waiting", refund.c.merchant_id, refund.c.planned_at, postgresql_where=text("status <> 'succeeded'"))
