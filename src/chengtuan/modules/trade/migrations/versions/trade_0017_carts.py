"""Shoppers have carts."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0017"
down_revision = "trade_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cart_request",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "request_id", name=op.f("pk_cart_request")),
        schema="trade",
    )
    op.create_table(
        "cart_line",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_fen", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity between 1 and 999", name=op.f("ck_cart_line_quantity")),
        sa.CheckConstraint("slot between 1 and 100", name=op.f("ck_cart_line_slot")),
        sa.ForeignKeyConstraint(["sku_id"], ["trade.listing_sku.sku_id"], name=op.f("fk_cart_line_sku_id")),
        sa.PrimaryKeyConstraint("user_id", "sku_id", name=op.f("pk_cart_line")),
        sa.UniqueConstraint("user_id", "slot", name=op.f("uq_cart_line_user_id_slot")),
        schema="trade",
    )
