"""What delivery costs: merchants' templates, which product is sent by which, and what variants weigh."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0018"
down_revision = "trade_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "freight_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit in ('piece', 'gram')", name=op.f("ck_freight_template_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_template")),
        sa.UniqueConstraint("merchant_id", "name", name=op.f("uq_freight_template_merchant_id_name")),
        schema="trade",
    )
    op.create_table(
        "freight_zone",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("first_units", sa.Integer(), nullable=False),
        sa.Column("first_fen", sa.BigInteger(), nullable=False),
        sa.Column("further_units", sa.Integer(), nullable=False),
        sa.Column("further_fen", sa.BigInteger(), nullable=False),
        sa.Column("free_from_fen", sa.BigInteger(), nullable=True),
        sa.Column("free_from_pieces", sa.Integer(), nullable=True),
        sa.CheckConstraint("first_fen >= 0 and further_fen >= 0", name=op.f("ck_freight_zone_prices")),
        sa.CheckConstraint("first_units > 0 and further_units > 0", name=op.f("ck_freight_zone_units")),
        sa.CheckConstraint("free_from_fen > 0 and free_from_pieces > 0", name=op.f("ck_freight_zone_thresholds")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["trade.freight_template.id"], name=op.f("fk_freight_zone_template_id")
        ),
        sa.PrimaryKeyConstraint("template_id", "position", name=op.f("pk_freight_zone")),
        schema="trade",
    )
    op.create_table(
        "product_freight",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["trade.listing.product_id"], name=op.f("fk_product_freight_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["trade.freight_template.id"], name=op.f("fk_product_freight_template_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_freight")),
        schema="trade",
    )
    op.create_index(
        op.f("ix_product_freight_template_id"), "product_freight", ["template_id"], unique=False, schema="trade"
    )
    op.create_table(
        "freight_region",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("province_code ~ '^[0-9]{6}$'", name=op.f("ck_freight_region_province")),
        sa.CheckConstraint("position > 0", name=op.f("ck_freight_region_position")),
        sa.ForeignKeyConstraint(
            ["template_id", "position"],
            ["trade.freight_zone.template_id", "trade.freight_zone.position"],
            name=op.f("fk_freight_region_template_id_position"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["trade.freight_template.id"], name=op.f("fk_freight_region_template_id")
        ),
        sa.PrimaryKeyConstraint("template_id", "province_code", name=op.f("pk_freight_region")),
        schema="trade",
    )
    op.create_table(
        "sku_weight",
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.CheckConstraint("grams between 1 and 1000000", name=op.f("ck_sku_weight_grams")),
        sa.ForeignKeyConstraint(["sku_id"], ["trade.listing_sku.sku_id"], name=op.f("fk_sku_weight_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_sku_weight")),
        schema="trade",
    )
