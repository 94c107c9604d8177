"""More roles of staff, and passwords that somebody else set: they are good for a while, and to be changed."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0009"
down_revision = "accounts_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # null: everybody's password counts as their own
    op.add_column(
        "staff", sa.Column("first_password_until", sa.DateTime(timezone=True), nullable=True), schema="accounts"
    )
    op.add_column(
        "staff", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False), schema="accounts"
    )
    op.create_index("ix_staff_merchant_id", "staff", ["merchant_id"], unique=False, schema="accounts")
    op.drop_constraint(op.f("ck_staff_roles"), "staff", schema="accounts")
    op.create_check_constraint(
        op.f("ck_staff_roles"),
        "staff",
        "disabled_at is not null or cardinality(roles) > 0 and case when merchant_id is null"
        " then roles <@ array['platform_admin', 'platform_operator', 'platform_auditor']"
        " else roles <@ array['merchant_owner', 'merchant_operator', 'merchant_warehouse', 'merchant_service',"
        " 'merchant_finance'] end",
        schema="accounts",
    )
