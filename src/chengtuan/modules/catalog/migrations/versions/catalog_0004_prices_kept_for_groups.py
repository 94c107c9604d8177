"""prices that groups were promised; products that shoppers have seen; names as they are searched."""

import sqlalchemy as sa
from alembic import op

from chengtuan.kernel.search import searchable

revision = "catalog_0004"
down_revision = "catalog_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "product",
        sa.Column("was_published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="catalog",
    )
    op.execute("update catalog.product set was_published = true where published")
    op.add_column(
        "product", sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False), schema="catalog"
    )
    for product_id, name in op.get_bind().execute(sa.text("select id, name from catalog.product")).all():
        op.get_bind().execute(
            sa.text("update catalog.product set search_text = :text where id = :id"),
            {"text": searchable(name), "id": product_id},
        )
    op.create_table(
        "price_floor",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("group_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["catalog.product.id"], name=op.f("fk_price_floor_product_id")),
        sa.PrimaryKeyConstraint("campaign_id", "sku_id", name=op.f("pk_price_floor")),
        schema="catalog",
    )
    op.create_index(op.f("ix_price_floor_product_id"), "price_floor", ["product_id"], unique=False, schema="catalog")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
