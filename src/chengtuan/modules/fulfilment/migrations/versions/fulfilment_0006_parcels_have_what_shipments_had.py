"""Numbers and events are the parcels' own, and gone from the shipment."""

from alembic import op

revision = "fulfilment_0006"
down_revision = "fulfilment_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # the parcel of such an event has the order's id
    op.execute("alter table fulfilment.shipment_event drop constraint fk_shipment_event_order_id")
    op.execute("alter table fulfilment.shipment_event rename to parcel_event")
    op.execute("alter table fulfilment.parcel_event rename column order_id to parcel_id")
    for kind, old, new in (
        ("constraint", "pk_shipment_event", "pk_parcel_event"),
        ("constraint", "ck_shipment_event_code_known", "ck_parcel_event_code_known"),
        ("constraint", "ck_shipment_event_wrong_no", "ck_parcel_event_wrong_no"),
    ):
        op.execute(f"alter table fulfilment.parcel_event rename {kind} {old} to {new}")
    op.execute("alter index fulfilment.ix_shipment_event_order_id_at rename to ix_parcel_event_parcel_id_at")
    op.create_foreign_key(
        op.f("fk_parcel_event_parcel_id"),
        "parcel_event",
        "parcel",
        ["parcel_id"],
        ["id"],
        source_schema="fulfilment",
        referent_schema="fulfilment",
    )
    for column in ("carrier_code", "tracking_no", "shipped_at"):
        op.drop_column("shipment", column, schema="fulfilment")
