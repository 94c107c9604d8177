"""Who of the staff explained a difference."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0008"
down_revision = "payments_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reconciliation_difference", sa.Column("explained_by", sa.Uuid(), nullable=True), schema="payments")
    # explanations without a name are from before this column
    op.execute(
        "update payments.reconciliation_difference set explained_by = '00000000-0000-0000-0000-000000000000'"
        " where note is not null"
    )
    op.create_check_constraint(
        op.f("ck_reconciliation_difference_note_has_author"),
        "reconciliation_difference",
        "(note is null) = (explained_by is null)",
        schema="payments",
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
