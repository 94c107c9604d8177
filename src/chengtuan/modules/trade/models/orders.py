"""Orders and their parts."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
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

from chengtuan.modules.trade.limits import MAX_LINES, MAX_PARCELS
from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import HASHED, SEALED, instant

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
    Column("activity_id", Uuid),
    Column("group_id", Uuid, ForeignKey("trade.buy_group.id"), index=True),
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
    Column("parcels", SmallInteger, nullable=False, server_default=text("0")),
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
    CheckConstraint("kind <> 'flash' or activity_id is not null", name="flash"),
    CheckConstraint(
        f"parcels between 0 and {MAX_PARCELS} and case when status in ('shipped', 'completed') then parcels > 0"
        " else parcels = 0 or status = 'to_ship' end",
        name="parcels",
    ),
)
"""`parcels` went to the buyer: none of an order that was given up, and the last one makes it shipped."""
Index("ix_shop_order_user", shop_order.c.user_id, shop_order.c.id.desc())
Index("ix_shop_order_merchant", shop_order.c.merchant_id, shop_order.c.status, shop_order.c.id.desc())
Index("ix_shop_order_unpaid", shop_order.c.pay_before, postgresql_where=text("status = 'pending_payment'"))
Index("ix_shop_order_status", shop_order.c.status, shop_order.c.id.desc())
Index("ix_shop_order_open_remark", shop_order.c.id, postgresql_where=text("remark <> ''"))
Index("ix_shop_order_activity_user", shop_order.c.activity_id, shop_order.c.user_id)
Index("ix_shop_order_flash", shop_order.c.activity_id, shop_order.c.id.desc(), postgresql_where=text("kind = 'flash'"))
Index(
    "ix_shop_order_waiting",
    shop_order.c.merchant_id,
    shop_order.c.ready_at,
    shop_order.c.id,
    postgresql_where=text("status = 'to_ship'"),
)
Index(
    "ix_shop_order_waiting_longest", shop_order.c.ready_at, shop_order.c.id, postgresql_where=text("status = 'to_ship'")
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
    Column("sent", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("order_id", "sku_id"),
    CheckConstraint(f"line between 1 and {MAX_LINES} and quantity > 0", name="counts"),
    CheckConstraint("sent between 0 and quantity", name="sent"),
    CheckConstraint("goods_fen = unit_fen * quantity", name="goods"),
    CheckConstraint("off_fen >= 0 and payable_fen = goods_fen - off_fen and payable_fen >= 0", name="sum"),
    CheckConstraint("unit_fen > 0 and list_unit_fen >= unit_fen", name="unit"),
)
"""What an order is of, in the texts and prices of its day. `list_unit_fen` is one piece alone, `unit_fen` is what one
costs here: the first tier's price in a group, whose tiers are all kept. `sent` are the pieces that went
in parcels, and all that changes in a line. `trade_0012` has the trigger by which the lines
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
    Column("parcel_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(shop_order.c.id), nullable=False),
    Column("carrier_code", Text, nullable=False),
    Column("correction", SmallInteger, nullable=False),
    UniqueConstraint("parcel_id", "correction"),
)
"""Every number that an order's parcels had: somebody may ask with one that was corrected since.

`correction` counts from 0, the number with which a parcel was sent; the highest is the number it has.
"""
