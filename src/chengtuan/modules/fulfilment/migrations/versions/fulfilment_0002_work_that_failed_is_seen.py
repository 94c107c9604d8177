"""Work that failed is seen."""

from chengtuan.platform.table_steps import see_work_that_failed

revision = "fulfilment_0002"
down_revision = "fulfilment_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_work_that_failed("fulfilment")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
