"""Who changed freight last, and by which template a merchant's new products are sent."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0023"
down_revision = "trade_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "freight_default",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["trade.freight_template.id"], name=op.f("fk_freight_default_template_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_freight_default")),
        schema="trade",
    )
    op.create_index(
        op.f("ix_freight_default_template_id"), "freight_default", ["template_id"], unique=False, schema="trade"
    )
    op.add_column("freight_template", sa.Column("staff_id", sa.Uuid(), nullable=True), schema="trade")
    op.add_column("freight_template", sa.Column("staff_name", sa.Text(), nullable=True), schema="trade")
    op.add_column("product_freight", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True), schema="trade")
    op.add_column("product_freight", sa.Column("staff_id", sa.Uuid(), nullable=True), schema="trade")
    op.add_column("product_freight", sa.Column("staff_name", sa.Text(), nullable=True), schema="trade")
