"""A refund knows under how many of its numbers the provider was asked, also where no answer came.

Of those from before it is known what the provider took: whoever counts takes what is more.
"""

import sqlalchemy as sa
from alembic import op

revision = "payments_0013"
down_revision = "payments_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "refund", sa.Column("asked", sa.SmallInteger(), server_default="0", nullable=False), schema="payments"
    )
    op.create_check_constraint(op.f("ck_refund_asked"), "refund", "asked between 0 and sequence", schema="payments")
