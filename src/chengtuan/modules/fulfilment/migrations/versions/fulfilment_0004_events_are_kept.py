"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "fulfilment_0004"
down_revision = "fulfilment_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("fulfilment")
