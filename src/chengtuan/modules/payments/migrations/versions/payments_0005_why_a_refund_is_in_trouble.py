"""Why a refund is in trouble, and when the provider was asked last for a refund of a payment."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0005"
down_revision = "payments_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("refund_asked_no", sa.Text(), nullable=True), schema="payments")
    op.add_column("payment", sa.Column("refund_asked_at", sa.DateTime(timezone=True), nullable=True), schema="payments")
    op.add_column("refund", sa.Column("trouble", sa.Text(), nullable=True), schema="payments")
    op.execute(
        "update payments.refund set trouble = case when provider_refund_id is null then 'refused' else 'failed' end"
        " where status = 'abnormal'"
    )
    _check("trouble_known", "trouble in ('refused', 'closed', 'failed', 'lost', 'too_many', 'too_old')")
    _check("abnormal_has_trouble", "(status = 'abnormal') = (trouble is not null)")


def _check(name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_refund_{name}"), "refund", condition, schema="payments")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
