"""A parcel's number can be corrected, and goes with two orders only on purpose."""

import sqlalchemy as sa
from alembic import op

revision = "fulfilment_0003"
down_revision = "fulfilment_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "shipment",
        sa.Column("corrected_after_report", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="fulfilment",
    )
    op.create_table(
        "parcel_number",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("tracking_no", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "tracking_no", "order_id", name=op.f("pk_parcel_number")),
        schema="fulfilment",
    )
    op.execute(
        "insert into fulfilment.parcel_number (merchant_id, tracking_no, order_id)"
        " select merchant_id, tracking_no, order_id from fulfilment.shipment"
    )
    op.add_column("shipment_event", sa.Column("wrong_carrier", sa.Text(), nullable=True), schema="fulfilment")
    op.add_column("shipment_event", sa.Column("wrong_no", sa.Text(), nullable=True), schema="fulfilment")
    op.execute("alter table fulfilment.shipment_event drop constraint ck_shipment_event_code_known")
    op.execute(
        "alter table fulfilment.shipment_event add constraint ck_shipment_event_code_known check (code in"
        " ('picked_up', 'in_transit', 'out_for_delivery', 'delivered', 'number_corrected'))"
    )
    op.execute(
        "alter table fulfilment.shipment_event add constraint ck_shipment_event_wrong_no"
        " check ((code = 'number_corrected') = (wrong_no is not null))"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
