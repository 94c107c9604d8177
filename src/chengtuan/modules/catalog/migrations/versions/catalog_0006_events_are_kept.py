"""Events are kept."""

from chengtuan.platform.table_steps import keep_events

revision = "catalog_0006"
down_revision = "catalog_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_events("catalog")
