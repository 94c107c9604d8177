"""Each day's books beside the provider's bill, and the refunds that it accepted under its own numbers."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0007"
down_revision = "payments_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("bill_date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payments_here", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("payments_there", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_here_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_there_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunds_here", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunds_there", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_here_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_there_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fees_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('clean', 'differences', 'waiting', 'failed')", name=op.f("ck_reconciliation_status_known")
        ),
        sa.PrimaryKeyConstraint("bill_date", name=op.f("pk_reconciliation")),
        schema="payments",
    )
    op.create_table(
        "reconciliation_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("ours_fen", sa.BigInteger(), nullable=True),
        sa.Column("theirs_fen", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "note is null or resolution = 'explained'", name=op.f("ck_reconciliation_difference_note_explains")
        ),
        sa.CheckConstraint(
            "resolution in ('repaired', 'explained')", name=op.f("ck_reconciliation_difference_resolution_known")
        ),
        sa.CheckConstraint(
            "(resolution is null) = (resolved_at is null)", name=op.f("ck_reconciliation_difference_resolved_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["bill_date"], ["payments.reconciliation.bill_date"], name=op.f("fk_reconciliation_difference_bill_date")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_difference")),
        sa.UniqueConstraint(
            "bill_date", "kind", "number", name=op.f("uq_reconciliation_difference_bill_date_kind_number")
        ),
        schema="payments",
    )
    op.create_table(
        "refund_request",
        sa.Column("out_refund_no", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["payments.refund.id"], name=op.f("fk_refund_request_refund_id")),
        sa.PrimaryKeyConstraint("out_refund_no", name=op.f("pk_refund_request")),
        schema="payments",
    )
    op.create_index(
        op.f("ix_refund_request_accepted_at"), "refund_request", ["accepted_at"], unique=False, schema="payments"
    )
    op.create_index(
        op.f("ix_refund_request_refund_id"), "refund_request", ["refund_id"], unique=False, schema="payments"
    )
    op.create_index(
        "ix_payment_paid_at",
        "payment",
        ["paid_at"],
        unique=False,
        schema="payments",
        postgresql_where=sa.text("status = 'paid'"),
    )
    # The provider's own time of acceptance is asked for before such a day is compared.
    op.execute(
        "insert into payments.refund_request (out_refund_no, refund_id, accepted_at, told)"
        " select number || case when sequence > 1 then '@' || sequence else '' end, id,"
        "  coalesce(submitted_at, planned_at), false from payments.refund where provider_refund_id is not null"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
