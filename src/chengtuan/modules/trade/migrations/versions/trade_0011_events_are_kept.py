"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "trade_0011"
down_revision = "trade_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("trade")
