"""Payers are encrypted: new ones at once, old ones by a job, which needs keys that a migration has not."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0010"
down_revision = "payments_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("payer_openid_sealed", sa.LargeBinary(), nullable=True), schema="payments")
    op.create_index(
        "ix_payment_open_payer",
        "payment",
        ["id"],
        unique=False,
        schema="payments",
        postgresql_where=sa.text("payer_openid is not null"),
    )
    op.add_column("notice", sa.Column("content_sealed", sa.LargeBinary(), nullable=True), schema="payments")
    op.alter_column("notice", "content", nullable=True, schema="payments")
    op.create_check_constraint(
        op.f("ck_notice_content_once"),
        "notice",
        "(content is null) <> (content_sealed is null)",
        schema="payments",
    )
    op.create_index(
        "ix_notice_open_content",
        "notice",
        ["notice_id"],
        unique=False,
        schema="payments",
        postgresql_where=sa.text("content is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
