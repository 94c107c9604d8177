"""Orders of united accounts are judged as one person's."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0010"
down_revision = "trade_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "united_buyer",
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("absorbed_id <> user_id", name=op.f("ck_united_buyer_two")),
        sa.PrimaryKeyConstraint("absorbed_id", name=op.f("pk_united_buyer")),
        schema="trade",
    )
    op.create_index(op.f("ix_united_buyer_user_id"), "united_buyer", ["user_id"], unique=False, schema="trade")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
