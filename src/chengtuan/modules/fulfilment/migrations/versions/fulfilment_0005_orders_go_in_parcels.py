"""An order goes in several parcels: each has its number, its lines and its events; the report to WeChat is the order's.

The one parcel of an order from before has the order's id, here and in trade. What it holds, trade knows:
a job asks.
"""

import sqlalchemy as sa
from alembic import op

revision = "fulfilment_0005"
down_revision = "fulfilment_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create()
    op.add_column("shipment", sa.Column("parcels", sa.SmallInteger(), nullable=True), schema="fulfilment")
    op.add_column(
        "shipment",
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        schema="fulfilment",
    )
    op.execute("update fulfilment.shipment set parcels = 1")
    op.execute(
        "insert into fulfilment.parcel (id, order_id, nth, carrier_code, tracking_no, sent_at)"
        " select order_id, order_id, 1, carrier_code, tracking_no, shipped_at from fulfilment.shipment"
    )
    op.add_column("parcel_number", sa.Column("parcel_id", sa.Uuid(), nullable=True), schema="fulfilment")
    op.execute("update fulfilment.parcel_number set parcel_id = order_id")
    op.alter_column("parcel_number", "parcel_id", nullable=False, schema="fulfilment")
    op.execute(
        "insert into fulfilment.job (kind, ref, due_at)"
        " select 'fill_parcels', 'all', max(shipped_at) from fulfilment.shipment having count(*) > 0"
    )


def _create() -> None:
    op.create_table(
        "parcel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("nth", sa.SmallInteger(), nullable=False),
        sa.Column("carrier_code", sa.Text(), nullable=False),
        sa.Column("tracking_no", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("nth between 1 and 15", name=op.f("ck_parcel_nth")),
        sa.CheckConstraint("tracking_no ~ '^[A-Z0-9-]{8,32}$'", name=op.f("ck_parcel_tracking_no_form")),
        sa.ForeignKeyConstraint(["order_id"], ["fulfilment.shipment.order_id"], name=op.f("fk_parcel_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("order_id", "nth", name=op.f("uq_parcel_order_id_nth")),
        schema="fulfilment",
    )
    op.create_table(
        "parcel_line",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_line_quantity")),
        sa.ForeignKeyConstraint(["parcel_id"], ["fulfilment.parcel.id"], name=op.f("fk_parcel_line_parcel_id")),
        sa.PrimaryKeyConstraint("parcel_id", "line", name=op.f("pk_parcel_line")),
        schema="fulfilment",
    )
