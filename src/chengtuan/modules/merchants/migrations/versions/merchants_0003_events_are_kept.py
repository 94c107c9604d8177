"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "merchants_0003"
down_revision = "merchants_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("merchants")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
