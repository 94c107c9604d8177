"""Flash sales: what is set aside for them, who holds how much of it, and the ledger's words for both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "trade_0026"
down_revision = "trade_0025"
branch_labels = None
depends_on = None


_REASONS = (
    "reason in ('opening', 'received', 'returned', 'damaged', 'lost', 'counted', 'other', 'reserved', 'shipped',"
    " 'released', 'set_aside', 'put_back')"
)


def upgrade() -> None:
    op.create_table(
        "flash_allotment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("request_id is null or staff_id is not null", name=op.f("ck_flash_allotment_request")),
        sa.CheckConstraint("units <> 0", name=op.f("ck_flash_allotment_units")),
        sa.ForeignKeyConstraint(["activity_id"], ["trade.activity.id"], name=op.f("fk_flash_allotment_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_allotment")),
        sa.UniqueConstraint("staff_id", "request_id", name=op.f("uq_flash_allotment_staff_id_request_id")),
        schema="trade",
    )
    op.create_index(
        op.f("ix_flash_allotment_activity_id"), "flash_allotment", ["activity_id"], unique=False, schema="trade"
    )
    op.create_table(
        "flash_stock",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("allotted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sold", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "allotted >= 0 and held >= 0 and sold >= 0 and held + sold <= allotted", name=op.f("ck_flash_stock_units")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["trade.activity.id"], name=op.f("fk_flash_stock_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", "sku_id", name=op.f("pk_flash_stock")),
        schema="trade",
    )
    op.create_table(
        "flash_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'refused') = (problem is not null)", name=op.f("ck_flash_hold_problem")),
        sa.CheckConstraint(
            "(status in ('ordered', 'released')) = (order_id is not null)", name=op.f("ck_flash_hold_order")
        ),
        sa.CheckConstraint("status in ('held', 'ordered', 'refused', 'released')", name=op.f("ck_flash_hold_status")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_flash_hold_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_flash_hold_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_hold")),
        sa.UniqueConstraint("user_id", "request_id", name=op.f("uq_flash_hold_user_id_request_id")),
        schema="trade",
    )
    op.create_index(
        "ix_flash_hold_device",
        "flash_hold",
        ["activity_id", "device"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("device is not null"),
    )
    op.create_index("ix_flash_hold_user", "flash_hold", ["activity_id", "user_id"], unique=False, schema="trade")
    op.create_index(
        "ix_flash_hold_waiting",
        "flash_hold",
        ["id"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "uq_flash_hold_order",
        "flash_hold",
        ["order_id"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("order_id is not null"),
    )
    op.create_index(
        "ix_activity_flash",
        "activity",
        ["ends_at"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("kind = 'flash'"),
    )
    _say("stock_movement", "reason", _REASONS)
    _say("stock_movement", "subject", "subject_kind in ('order', 'request', 'sku', 'allotment')")
    _say("shop_order", "flash", "kind <> 'flash' or activity_id is not null")
    _say("activity", "flash", "kind <> 'flash' or per_user_limit is not null")


def _say(table: str, name: str, condition: str) -> None:
    """What holds of all rows that are there: it allows more than before, or is about what nobody could write yet."""
    op.execute(f"alter table trade.{table} drop constraint if exists ck_{table}_{name}")
    op.execute(f"alter table trade.{table} add constraint ck_{table}_{name} check ({condition})")
