"""Devices that signed in before are known; a code belongs to whoever asked for it.

Codes live five minutes: those on their way while this runs are asked for again.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0005"
down_revision = "accounts_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("phone_code", schema="accounts")
    op.create_table(
        "phone_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts_left", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attempts_left >= 0", name=op.f("ck_phone_code_attempts_left")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_code")),
        sa.UniqueConstraint("request_hash", name=op.f("uq_phone_code_request_hash")),
        schema="accounts",
    )
    op.create_index(op.f("ix_phone_code_expires_at"), "phone_code", ["expires_at"], schema="accounts")
    op.create_table(
        "device",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('shopper', 'staff')", name=op.f("ck_device_kind")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_device")),
        schema="accounts",
    )
    op.create_index(op.f("ix_device_expires_at"), "device", ["expires_at"], schema="accounts")
    op.create_index("ix_device_subject", "device", ["subject_id"], schema="accounts")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
