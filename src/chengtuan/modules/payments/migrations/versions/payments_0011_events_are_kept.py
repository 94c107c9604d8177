"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "payments_0011"
down_revision = "payments_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("payments")
