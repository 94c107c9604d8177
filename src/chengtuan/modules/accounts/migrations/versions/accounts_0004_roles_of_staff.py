"""Roles of staff are checked, and a login can be disabled. Who fits no rule is disabled, and gains nothing."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0004"
down_revision = "accounts_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True), schema="accounts")
    # the role that their merchant, or having none, leaves open to them; unknown names beside it gave nothing
    op.execute(
        "update accounts.staff set roles = array['platform_admin']"
        " where merchant_id is null and 'platform_admin' = any(roles)"
    )
    op.execute(
        "update accounts.staff set roles = array['merchant_owner']"
        " where merchant_id is not null and 'merchant_owner' = any(roles)"
    )
    op.execute(
        "update accounts.staff set disabled_at = created_at"  # without a role that fits they never could sign in
        " where roles <> (case when merchant_id is null then array['platform_admin'] else array['merchant_owner'] end)"
    )
    op.execute(
        "delete from accounts.session where kind = 'staff'"
        " and subject_id in (select id from accounts.staff where disabled_at is not null)"
    )
    op.execute(
        "alter table accounts.staff add constraint ck_staff_roles check"
        " (disabled_at is not null or cardinality(roles) > 0 and case when merchant_id is null"
        " then roles <@ array['platform_admin'] else roles <@ array['merchant_owner'] end)"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
