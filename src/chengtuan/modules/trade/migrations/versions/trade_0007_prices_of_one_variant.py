"""prices shown are those of one variant; why a campaign was stopped; names as they are searched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chengtuan.kernel.search import grams, searchable

revision = "trade_0007"
down_revision = "trade_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("stop_reason", sa.Text(), nullable=True), schema="trade")
    op.execute("update trade.campaign set stop_reason = 'merchant' where stopped_at is not null")
    op.drop_column("campaign", "from_prices_fen", schema="trade")
    op.add_column(
        "listing", sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False), schema="trade"
    )
    op.create_unique_constraint(op.f("uq_listing_number"), "listing", ["number"], schema="trade")
    op.add_column(
        "listing", sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False), schema="trade"
    )
    op.add_column(
        "listing",
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        schema="trade",
    )
    op.create_index(
        "ix_listing_search", "listing", ["search_grams"], unique=False, schema="trade", postgresql_using="gin"
    )
    rows = op.get_bind().execute(sa.text("select product_id, name, merchant_name from trade.listing")).all()
    for product_id, name, merchant_name in rows:
        text = searchable(name, merchant_name)
        op.get_bind().execute(
            sa.text("update trade.listing set search_text = :text, search_grams = :grams where product_id = :id"),
            {"text": text, "grams": grams([text]), "id": product_id},
        )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
