"""Orders are found by number, recipient, parcel and goods; keys of old ones are made by a job, which has the keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chengtuan.kernel.search import grams, searchable

revision = "trade_0009"
down_revision = "trade_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_shop_order_waiting",
        "shop_order",
        ["merchant_id", "ready_at", "id"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("status = 'to_ship'"),
    )
    op.create_table(
        "order_search",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number_back", sa.Text(), nullable=False),
        sa.Column("phone_key", sa.LargeBinary(), nullable=True),
        sa.Column("phone_tail_key", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(phone_key, phone_tail_key, name_key) in (0, 3)", name=op.f("ck_order_search_keys")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_order_search_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_search")),
        schema="trade",
    )
    op.execute(
        "insert into trade.order_search (order_id, merchant_id, product_id, number_back)"
        " select id, merchant_id, product_id, reverse(number) from trade.shop_order"
    )
    op.create_index(
        "ix_order_search_number",
        "order_search",
        ["number_back"],
        unique=False,
        schema="trade",
        postgresql_ops={"number_back": "text_pattern_ops"},
    )
    for name, key in (("phone", "phone_key"), ("tail", "phone_tail_key"), ("name", "name_key")):
        columns = [key, "merchant_id", "order_id"]
        op.create_index(f"ix_order_search_{name}", "order_search", columns, unique=False, schema="trade")
    op.create_index("ix_order_search_product", "order_search", ["product_id", "order_id"], unique=False, schema="trade")
    op.create_index(
        "ix_order_search_no_keys",
        "order_search",
        ["order_id"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("phone_key IS NULL"),
    )
    op.create_table(
        "order_parcel",
        sa.Column("tracking_no", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_order_parcel_order_id")),
        sa.PrimaryKeyConstraint("tracking_no", "merchant_id", "order_id", name=op.f("pk_order_parcel")),
        schema="trade",
    )
    op.execute(
        "insert into trade.order_parcel (tracking_no, merchant_id, order_id)"
        " select tracking_no, merchant_id, id from trade.shop_order where tracking_no is not null"
    )
    _goods_names()


def _goods_names() -> None:
    op.create_table(
        "goods_name",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "text", name=op.f("pk_goods_name")),
        schema="trade",
    )
    rows = op.get_bind().execute(
        sa.text(
            "select product_id, merchant_id, name from trade.listing union"
            " select product_id, merchant_id, product_name from trade.shop_order"
        )
    )
    for product_id, merchant_id, name in rows.all():
        text = searchable(name)
        op.get_bind().execute(
            sa.text(
                "insert into trade.goods_name (product_id, text, merchant_id, grams)"
                " values (:product, :text, :merchant, :grams) on conflict do nothing"
            ),
            {"product": product_id, "text": text, "merchant": merchant_id, "grams": grams([text])},
        )
    op.create_index(
        "ix_goods_name_grams", "goods_name", ["grams"], unique=False, schema="trade", postgresql_using="gin"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
