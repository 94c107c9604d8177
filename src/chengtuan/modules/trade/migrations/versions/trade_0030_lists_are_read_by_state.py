"""Each list of the console has the index that it is read by, of one merchant and of all."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "trade_0030"
down_revision = "trade_0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index("shop_order", "status", ["status", sa.literal_column("id DESC")])
    _index("shop_order", "waiting_longest", ["ready_at", "id"], where="status = 'to_ship'")
    for of, columns in (("", []), ("merchant_", ["merchant_id"]), ("activity_", ["activity_id"])):
        newest = [*columns, "status", sa.literal_column("id DESC")]
        _index("buy_group", f"{of}status", newest, where="opened_at is not null")
        _index("buy_group", f"{of}ends_next", [*columns, "deadline", "id"], where="status = 'open'")
    _index("refund", "status", ["status", "id"])
    _index("refund", "merchant_status", ["merchant_id", "status", "id"])
    _index("listing", "merchant", ["merchant_id", sa.literal_column("product_id DESC")])


def _index(table: str, name: str, columns: list[Any], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(f"ix_{table}_{name}", table, columns, schema="trade", postgresql_where=condition)
