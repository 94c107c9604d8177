"""Terms of campaigns: newcomers, overflow, perk, hard end; and the queue of waiting refunds."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0002"
down_revision = "trade_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("buy_group", sa.Column("initiator_off_percent", sa.SmallInteger(), nullable=True), schema="trade")
    op.add_column(
        "campaign",
        sa.Column("newcomers_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="trade",
    )
    op.add_column(
        "campaign", sa.Column("overflow", sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="trade"
    )
    op.add_column("campaign", sa.Column("initiator_off_percent", sa.SmallInteger(), nullable=True), schema="trade")
    op.add_column(
        "campaign", sa.Column("hard_end", sa.Boolean(), server_default=sa.text("true"), nullable=False), schema="trade"
    )
    op.create_index(
        "ix_refund_waiting",
        "refund",
        ["merchant_id", "planned_at"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("status <> 'succeeded'"),
    )
    op.execute("alter table trade.campaign add constraint ck_campaign_overflow check (kind = 'ladder' or not overflow)")
    op.execute(
        "alter table trade.campaign add constraint ck_campaign_initiator_off"
        " check (initiator_off_percent between 1 and 100)"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
