"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "messaging_0005"
down_revision = "messaging_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("messaging")
