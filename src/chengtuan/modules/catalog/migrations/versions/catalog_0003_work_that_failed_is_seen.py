"""Work that failed is seen."""

from chengtuan.platform.table_steps import see_work_that_failed

revision = "catalog_0003"
down_revision = "catalog_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_work_that_failed("catalog")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
