"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "merchants_0003"
down_revision = "merchants_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("merchants")
