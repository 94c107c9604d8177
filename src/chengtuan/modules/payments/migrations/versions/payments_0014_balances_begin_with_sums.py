"""Balances begin with sums of the ledger, and what waits for a person is found among what does not."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0014"
down_revision = "payments_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_sum",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "account", name=op.f("pk_ledger_sum")),
        schema="payments",
    )
    op.create_table(
        "ledger_summed",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("until_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_ledger_summed_single")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_ledger_summed")),
        schema="payments",
    )
    op.create_index(
        "ix_refund_abnormal",
        "refund",
        ["id"],
        schema="payments",
        postgresql_where=sa.text("status = 'abnormal'"),
    )
    op.create_index(
        "ix_notice_unfit",
        "notice",
        ["notice_id"],
        schema="payments",
        postgresql_where=sa.text("outcome in ('unmatched', 'mismatched')"),
    )
