"""Orders whose hold ran out are found by themselves, without a job for each. The jobs that are there run once more."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0028"
down_revision = "trade_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_shop_order_unpaid",
        "shop_order",
        ["pay_before"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("status = 'pending_payment'"),
    )
