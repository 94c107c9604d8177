"""Turns of flash sales: who waits, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0027"
down_revision = "trade_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flash_turn",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("bits >= 0", name=op.f("ck_flash_turn_bits")),
        sa.PrimaryKeyConstraint("activity_id", "user_id", name=op.f("pk_flash_turn")),
        schema="trade",
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        "ix_flash_turn_asked_at", "flash_turn", ["asked_at"], unique=False, schema="trade", postgresql_using="brin"
    )
