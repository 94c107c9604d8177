"""What activities and the terms of groups have is gone from campaigns and from columns of groups."""

from alembic import op

revision = "trade_0020"
down_revision = "trade_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("campaign_sku", schema="trade")
    op.drop_table("campaign", schema="trade")
    for column in ("kind", "tier_people", "initiator_off_percent"):
        op.drop_column("buy_group", column, schema="trade")
