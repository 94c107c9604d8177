"""Work that failed is seen."""

from chengtuan.platform.table_steps import see_work_that_failed

revision = "payments_0009"
down_revision = "payments_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_work_that_failed("payments")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
