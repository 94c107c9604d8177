"""Buyers hear that their parcel's number was corrected."""

from alembic import op

revision = "messaging_0004"
down_revision = "messaging_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table messaging.notice drop constraint ck_notice_template_known")
    op.execute(
        "alter table messaging.notice add constraint ck_notice_template_known check (template in ('group_formed',"
        " 'group_failed', 'order_shipped', 'number_corrected', 'refund_succeeded', 'ladder_settled',"
        " 'initiator_perk', 'payment_late'))"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
