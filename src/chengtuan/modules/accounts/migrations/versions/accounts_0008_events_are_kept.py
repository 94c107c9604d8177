"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "accounts_0008"
down_revision = "accounts_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("accounts")
