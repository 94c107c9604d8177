"""An order goes in several parcels: how many pieces of a line are sent, in which parcel, and by which numbers.

The one parcel of an order from before has the order's id, here and where parcels are followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "trade_0021"
down_revision = "trade_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _count()
    _tell_parcels_in_the_ledger()
    _number_parcels()


def _count() -> None:
    op.add_column(
        "order_line", sa.Column("sent", sa.Integer(), server_default=sa.text("0"), nullable=False), schema="trade"
    )
    op.add_column(
        "shop_order",
        sa.Column("parcels", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        schema="trade",
    )
    op.execute(
        "update trade.order_line l set sent = l.quantity from trade.shop_order o"
        " where o.id = l.order_id and o.status in ('shipped', 'completed')"
    )
    op.execute("update trade.shop_order set parcels = 1 where status in ('shipped', 'completed')")
    op.create_check_constraint(
        op.f("ck_order_line_sent"), "order_line", sa.text("sent between 0 and quantity"), schema="trade"
    )
    op.create_check_constraint(
        op.f("ck_shop_order_parcels"),
        "shop_order",
        sa.text(
            "parcels between 0 and 15 and case when status in ('shipped', 'completed') then parcels > 0"
            " else parcels = 0 or status = 'to_ship' end"
        ),
        schema="trade",
    )


def _tell_parcels_in_the_ledger() -> None:
    op.add_column("stock_movement", sa.Column("parcel_id", sa.Uuid(), nullable=True), schema="trade")
    op.execute("update trade.stock_movement set parcel_id = subject_id where reason = 'shipped'")
    op.create_check_constraint(
        op.f("ck_stock_movement_parcel"),
        "stock_movement",
        sa.text("(reason = 'shipped') = (parcel_id is not null)"),
        schema="trade",
    )
    op.drop_index("uq_stock_movement_subject", "stock_movement", schema="trade")
    op.create_index(
        "uq_stock_movement_subject",
        "stock_movement",
        ["subject_id", "line", "reason"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("subject_kind <> 'request' and reason <> 'shipped'"),
    )
    op.create_index(
        "uq_stock_movement_parcel",
        "stock_movement",
        ["subject_id", "parcel_id", "line"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("parcel_id is not null"),
    )


def _number_parcels() -> None:
    op.add_column("order_parcel", sa.Column("parcel_id", sa.Uuid(), nullable=True), schema="trade")
    op.add_column("order_parcel", sa.Column("carrier_code", sa.Text(), nullable=True), schema="trade")
    op.add_column("order_parcel", sa.Column("correction", sa.SmallInteger(), nullable=True), schema="trade")
    op.execute(
        "update trade.order_parcel p set parcel_id = p.order_id, carrier_code = n.carrier_code, correction = n.nth - 1"
        " from (select o.id, q.tracking_no, o.carrier_code, row_number() over"
        "  (partition by o.id order by q.tracking_no = o.tracking_no, q.tracking_no) as nth"
        "  from trade.order_parcel q join trade.shop_order o on o.id = q.order_id) n"
        " where n.id = p.order_id and n.tracking_no = p.tracking_no"
    )
    for column in ("parcel_id", "carrier_code", "correction"):
        op.alter_column("order_parcel", column, nullable=False, schema="trade")
    op.execute("alter table trade.order_parcel drop constraint pk_order_parcel")
    op.create_primary_key(
        op.f("pk_order_parcel"), "order_parcel", ["tracking_no", "merchant_id", "parcel_id"], schema="trade"
    )
    op.create_unique_constraint(
        op.f("uq_order_parcel_parcel_id_correction"), "order_parcel", ["parcel_id", "correction"], schema="trade"
    )
