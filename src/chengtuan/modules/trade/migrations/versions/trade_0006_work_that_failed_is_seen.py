"""Work that failed is seen."""

from chengtuan.platform.table_steps import see_work_that_failed

revision = "trade_0006"
down_revision = "trade_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_work_that_failed("trade")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
