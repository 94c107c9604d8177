"""Stock lies in places and is the sum of its movements; what people and orders did before is booked again in order."""

import sqlalchemy as sa
from alembic import op

revision = "trade_0015"
down_revision = "trade_0014"
branch_labels = None
depends_on = None

# Orders told that a reservation ended, not how: their status does. Of the same instant, people came first.
_OLD = """
    select m.sku_id, m.at, case m.kind when 'reserve' then 1 else 2 end as rank, m.order_id as tie,
        case when m.kind = 'reserve' then 'reserved' when o.status in ('shipped', 'completed') then 'shipped'
            else 'released' end as reason,
        'order' as subject_kind, m.order_id as subject_id,
        case when m.kind = 'reserve' then -m.quantity when o.status in ('shipped', 'completed') then 0
            else m.quantity end as delta_available,
        case when m.kind = 'reserve' then m.quantity else -m.quantity end as delta_reserved,
        null::uuid as staff_id, null::text as staff_name, '' as note
    from trade.order_movement m left join trade.shop_order o on o.id = m.order_id
    union all
    select sku_id, at, 0, id, reason, 'request', request_id, after - before, 0, staff_id, staff_name, note
    from trade.stock_change"""
_FILL = f"""
    with old as materialized ({_OLD}),
    opening as (
        select st.sku_id, coalesce(min(old.at), now()), -1, st.sku_id, 'opening', 'sku', st.sku_id,
            st.available - coalesce(sum(old.delta_available), 0)::int,
            st.reserved - coalesce(sum(old.delta_reserved), 0)::int, null::uuid, null::text, ''
        from trade.stock st left join old using (sku_id) group by st.sku_id, st.available, st.reserved)
    insert into trade.stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available,
        delta_reserved, available, reserved, at, staff_id, staff_name, note)
    select sku_id, st.place_id, reason, subject_kind, subject_id, 1, delta_available, delta_reserved,
        sum(delta_available) over so_far, sum(delta_reserved) over so_far, at, staff_id, staff_name, note
    from (select * from old union all select * from opening) moved join trade.stock st using (sku_id)
    where delta_available <> 0 or delta_reserved <> 0
    window so_far as (partition by sku_id order by at, rank, tie rows unbounded preceding)
    order by at, rank, tie"""


def upgrade() -> None:
    op.execute("lock table trade.stock, trade.stock_movement, trade.stock_change in share row exclusive mode")
    _create_places()
    _put_stock_into_places()
    op.rename_table("stock_movement", "order_movement", schema="trade")
    op.execute("alter table trade.order_movement rename constraint pk_stock_movement to pk_order_movement")
    _create_ledger()
    op.execute(_FILL)
    _create_indexes()


def _create_places() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind in ('main', 'store', 'supplier')", name=op.f("ck_place_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        schema="trade",
    )
    op.create_index(
        "uq_place_main",
        "place",
        ["merchant_id"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("kind = 'main'"),
    )
    op.execute(
        "insert into trade.place (id, merchant_id, kind)"
        " select gen_random_uuid(), merchant_id, 'main' from (select distinct merchant_id from trade.listing) m"
    )


def _put_stock_into_places() -> None:
    op.add_column("stock", sa.Column("place_id", sa.Uuid(), nullable=True), schema="trade")
    op.execute(
        "update trade.stock st set place_id = p.id from trade.listing_sku s join trade.listing l using (product_id)"
        " join trade.place p on p.merchant_id = l.merchant_id where s.sku_id = st.sku_id"
    )
    op.alter_column("stock", "place_id", nullable=False, schema="trade")
    op.drop_constraint(op.f("pk_stock"), "stock", type_="primary", schema="trade")
    op.create_primary_key(op.f("pk_stock"), "stock", ["sku_id", "place_id"], schema="trade")
    op.create_foreign_key(
        op.f("fk_stock_place_id"),
        "stock",
        "place",
        ["place_id"],
        ["id"],
        source_schema="trade",
        referent_schema="trade",
    )


def _create_ledger() -> None:
    op.create_table(
        "stock_movement",
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("delta_available", sa.Integer(), nullable=False),
        sa.Column("delta_reserved", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason in ('opening', 'received', 'returned', 'damaged', 'lost', 'counted', 'other', 'reserved',"
            " 'shipped', 'released')",
            name=op.f("ck_stock_movement_reason"),
        ),
        sa.CheckConstraint("subject_kind in ('order', 'request', 'sku')", name=op.f("ck_stock_movement_subject")),
        sa.CheckConstraint("delta_available <> 0 or delta_reserved <> 0", name=op.f("ck_stock_movement_delta")),
        sa.CheckConstraint("(staff_id is null) = (staff_name is null)", name=op.f("ck_stock_movement_staff")),
        sa.CheckConstraint("subject_kind <> 'request' or staff_id is not null", name=op.f("ck_stock_movement_request")),
        sa.PrimaryKeyConstraint("sku_id", "seq", name=op.f("pk_stock_movement")),
        schema="trade",
    )


def _create_indexes() -> None:
    op.create_index(
        "uq_stock_movement_subject",
        "stock_movement",
        [
            "subject_id",
            "line",
            sa.literal_column("replace(reason, 'shipped', 'released')"),
        ],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("subject_kind <> 'request'"),
    )
    op.create_index(
        "uq_stock_movement_request",
        "stock_movement",
        ["staff_id", "subject_id"],
        unique=True,
        schema="trade",
        postgresql_where=sa.text("subject_kind = 'request'"),
    )
    op.create_index(
        "ix_stock_movement_people",
        "stock_movement",
        ["sku_id", "seq"],
        unique=False,
        schema="trade",
        postgresql_where=sa.text("staff_id is not null"),
    )
