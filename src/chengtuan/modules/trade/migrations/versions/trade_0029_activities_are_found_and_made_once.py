"""Activities are found by their names and made once a request; refused holds and orders of flash sales are found fast.

What the previous release announces after this is found by its product's name alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from chengtuan.kernel.search import searchable

revision = "trade_0029"
down_revision = "trade_0028"
branch_labels = None
depends_on = None


def fill(connection: Connection) -> None:
    """Names as they are searched; again changes nothing."""
    for activity_id, name in connection.execute(sa.text("select id, name from trade.activity")).all():
        values = {"text": searchable({"": name}), "id": activity_id}
        connection.execute(sa.text("update trade.activity set search_text = :text where id = :id"), values)


def upgrade() -> None:
    op.add_column(
        "activity", sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False), schema="trade"
    )
    op.add_column("activity", sa.Column("staff_id", sa.Uuid(), nullable=True), schema="trade")
    op.add_column("activity", sa.Column("request_id", sa.Uuid(), nullable=True), schema="trade")
    op.add_column("activity", sa.Column("request_hash", sa.LargeBinary(), nullable=True), schema="trade")
    op.create_index(
        "uq_activity_request",
        "activity",
        ["staff_id", "request_id"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_index(
        "ix_flash_hold_refused",
        "flash_hold",
        ["created_at"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("status = 'refused'"),
    )
    op.create_index(
        "ix_shop_order_flash",
        "shop_order",
        ["activity_id", sa.literal_column("id DESC")],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("kind = 'flash'"),
    )
    op.create_check_constraint(
        op.f("ck_activity_request"),
        "activity",
        "num_nulls(staff_id, request_id, request_hash) in (0, 3)",
        schema="trade",
    )
    fill(op.get_bind())
