"""An order has lines, what made it dearer or cheaper, and instalments; what old orders had in their row moves there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "trade_0012"
down_revision = "trade_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_lines()
    _create_adjustments()
    _create_instalments()
    op.add_column("shop_order", sa.Column("off_fen", sa.BigInteger(), nullable=True), schema="trade")
    _fill()
    op.alter_column("shop_order", "off_fen", nullable=False, schema="trade")
    op.create_index("ix_order_line_product", "order_line", ["product_id", "order_id"], unique=False, schema="trade")
    _guard()


def _create_lines() -> None:
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("product_name", postgresql.JSONB(), nullable=False),
        sa.Column("sku_name", postgresql.JSONB(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("list_unit_fen", sa.BigInteger(), nullable=False),
        sa.Column("unit_fen", sa.BigInteger(), nullable=False),
        sa.Column("goods_fen", sa.BigInteger(), nullable=False),
        sa.Column("off_fen", sa.BigInteger(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("tier_prices_fen", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint("line between 1 and 50 and quantity > 0", name=op.f("ck_order_line_counts")),
        sa.CheckConstraint("goods_fen = unit_fen * quantity", name=op.f("ck_order_line_goods")),
        sa.CheckConstraint(
            "off_fen >= 0 and payable_fen = goods_fen - off_fen and payable_fen >= 0", name=op.f("ck_order_line_sum")
        ),
        sa.CheckConstraint("unit_fen > 0 and list_unit_fen >= unit_fen", name=op.f("ck_order_line_unit")),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "sku_id", name=op.f("uq_order_line_order_id_sku_id")),
        schema="trade",
    )


def _create_adjustments() -> None:
    op.create_table(
        "order_adjustment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("borne_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('member', 'threshold', 'coupon', 'points', 'freight')", name=op.f("ck_order_adjustment_kind")
        ),
        sa.CheckConstraint("(kind = 'freight') = (line is null)", name=op.f("ck_order_adjustment_line")),
        sa.CheckConstraint(
            "case when kind = 'freight' then amount_fen >= 0 else amount_fen < 0 end",
            name=op.f("ck_order_adjustment_sign"),
        ),
        sa.CheckConstraint("borne_by in ('merchant', 'platform')", name=op.f("ck_order_adjustment_borne_by")),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_order_adjustment_order_id")),
        sa.PrimaryKeyConstraint("order_id", "seq", name=op.f("pk_order_adjustment")),
        schema="trade",
    )


def _create_instalments() -> None:
    op.create_table(
        "instalment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("pay_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pay_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('full', 'deposit', 'balance')", name=op.f("ck_instalment_kind")),
        sa.CheckConstraint("payable_fen > 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint(
            "num_nulls(payment_id, paid_at) in (0, 2) and (payment_id is null) = (paid_fen = 0)",
            name=op.f("ck_instalment_paid"),
        ),
        sa.CheckConstraint("paid_fen in (0, payable_fen)", name=op.f("ck_instalment_whole")),
        sa.ForeignKeyConstraint(["order_id"], ["trade.shop_order.id"], name=op.f("fk_instalment_order_id")),
        sa.PrimaryKeyConstraint("order_id", "seq", name=op.f("pk_instalment")),
        schema="trade",
    )


def _fill() -> None:
    # what one piece alone cost on the day of an old order is not known: its own price stands for it
    op.execute(
        "insert into trade.order_line (order_id, line, product_id, sku_id, product_name, sku_name, image_url, quantity,"
        " list_unit_fen, unit_fen, goods_fen, off_fen, payable_fen, tier_prices_fen) select id, 1, product_id, sku_id,"
        " product_name, sku_name, image_url, quantity, unit_price_fen, unit_price_fen, goods_fen, 0, goods_fen,"
        " tier_prices_fen from trade.shop_order"
    )
    op.execute(
        "insert into trade.order_adjustment (order_id, seq, kind, rule, amount_fen, borne_by)"
        " select id, 1, 'freight', '{}', freight_fen, 'merchant' from trade.shop_order where freight_fen > 0"
    )
    op.execute(
        "insert into trade.instalment (order_id, seq, kind, payable_fen, pay_before, payment_id, paid_fen, paid_at)"
        " select id, 1, 'full', payable_fen, pay_before, payment_id,"
        " case when payment_id is null then 0 else payable_fen end, case when payment_id is not null then paid_at end"
        " from trade.shop_order"
    )
    op.execute("update trade.shop_order set off_fen = 0")


def _guard() -> None:
    op.execute(
        """
        create function trade.check_order_lines() returns trigger language plpgsql as $$
        begin
            if exists (
                select 1 from (select distinct order_id from changed) c
                join trade.shop_order o on o.id = c.order_id
                cross join lateral (select sum(l.goods_fen) as goods, sum(l.off_fen) as off, count(*) as lines
                    from trade.order_line l where l.order_id = o.id) l
                where l.goods <> o.goods_fen or l.off <> o.off_fen or (o.kind = 'group' and l.lines <> 1)
            ) then
                raise exception 'the lines of an order do not sum to it'
                    using errcode = 'check_violation', constraint = 'order_lines_sum', table = 'order_line';
            end if;
            return null;
        end $$"""
    )
    for event in ("insert", "update"):
        op.execute(
            f"create trigger order_lines_sum_{event} after {event} on trade.order_line"
            " referencing new table as changed for each statement execute function trade.check_order_lines()"
        )
    op.execute(
        """
        create function trade.check_order_adjustments() returns trigger language plpgsql as $$
        declare
            checked uuid := case when tg_table_name = 'shop_order' then (to_jsonb(new) ->> 'id')::uuid
                else (to_jsonb(new) ->> 'order_id')::uuid end;
        begin
            if exists (
                select 1 from trade.shop_order o where o.id = checked and (
                    o.freight_fen <> (select coalesce(sum(a.amount_fen), 0) from trade.order_adjustment a
                        where a.order_id = o.id and a.kind = 'freight')
                    or exists (select 1 from trade.order_line l where l.order_id = o.id
                        and l.off_fen <> (select coalesce(-sum(a.amount_fen), 0) from trade.order_adjustment a
                            where a.order_id = o.id and a.line = l.line)))
            ) then
                raise exception 'the adjustments of an order do not explain its price'
                    using errcode = 'check_violation', constraint = 'order_adjustments_sum',
                        table = 'order_adjustment';
            end if;
            return null;
        end $$"""
    )
    # most orders have no adjustments: for them nothing is queued
    op.execute(
        "create constraint trigger order_adjustments_sum after insert or update of freight_fen, off_fen on"
        " trade.shop_order deferrable initially deferred for each row when (new.off_fen <> 0 or new.freight_fen <> 0)"
        " execute function trade.check_order_adjustments()"
    )
    op.execute(
        "create constraint trigger order_adjustments_sum after insert or update on trade.order_adjustment"
        " deferrable initially deferred for each row execute function trade.check_order_adjustments()"
    )
