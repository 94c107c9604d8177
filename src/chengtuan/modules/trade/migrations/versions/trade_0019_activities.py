"""Activities of any kind with their terms in one value, which groups keep; campaigns become activities of groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "trade_0019"
down_revision = "trade_0018"
branch_labels = None
depends_on = None

_FILL = """
insert into trade.activity (id, merchant_id, product_id, kind, name, starts_at, ends_at, stopped_at, stop_reason, cap,
    taken, per_user_limit, eligibility, terms, created_at)
select id, merchant_id, product_id, 'group', name, starts_at, ends_at, stopped_at, stop_reason, stock_cap, stock_taken,
    per_user_limit,
    jsonb_build_object('newcomers_only', newcomers_only, 'regions', to_jsonb(regions)),
    jsonb_build_object('kind', 'group', 'people', to_jsonb(tier_people), 'duration_s', group_duration_s,
        'hard_end', hard_end, 'overflow', overflow, 'initiator_off_percent', initiator_off_percent),
    created_at
from trade.campaign;
insert into trade.activity_price (activity_id, sku_id, tier_prices_fen)
select campaign_id, sku_id, tier_prices_fen from trade.campaign_sku;
"""
# A group keeps what it was opened on: its own tiers and perk, and what it took from its campaign until today.
_FILL_GROUPS = """
update trade.buy_group g set
    terms = a.terms || jsonb_build_object('people', to_jsonb(g.tier_people),
        'initiator_off_percent', g.initiator_off_percent),
    eligibility = a.eligibility,
    goal = case when m.upcoming is null then 'none' when g.paid < g.tier_people[1] then 'form' else 'next_tier' end,
    missing = coalesce(m.upcoming - g.paid, 0)
from trade.activity a, trade.buy_group o
    cross join lateral (select min(t) as upcoming from unnest(o.tier_people) t where t > o.paid) m
where a.id = g.activity_id and o.id = g.id;
"""
# The same marks for cards as campaigns had (trade_0014).
_MARKS = """
create trigger shelf_activity_new after insert on trade.activity
    for each row execute function trade.mark_product();
create trigger shelf_activity after update on trade.activity
    for each row when (
        (old.starts_at, old.ends_at, old.stopped_at, old.eligibility, old.terms)
            is distinct from (new.starts_at, new.ends_at, new.stopped_at, new.eligibility, new.terms)
        or (old.taken < old.cap) is distinct from (new.taken < new.cap))
    execute function trade.mark_product();
"""


def upgrade() -> None:
    op.execute("lock table trade.campaign, trade.campaign_sku, trade.buy_group in share row exclusive mode")
    _create_activities()
    op.execute(_FILL)
    op.execute(_MARKS)
    _keep_terms_in_groups()
    _rename_in_orders_and_cards()


def _create_activities() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("per_user_limit", sa.Integer(), nullable=True),
        sa.Column("eligibility", postgresql.JSONB(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('group', 'flash', 'presale', 'newcomer')", name=op.f("ck_activity_kind")),
        sa.CheckConstraint("terms ->> 'kind' = kind", name=op.f("ck_activity_terms")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_activity_window")),
        sa.CheckConstraint("taken >= 0 and (cap is null or taken <= cap)", name=op.f("ck_activity_cap")),
        sa.ForeignKeyConstraint(["product_id"], ["trade.listing.product_id"], name=op.f("fk_activity_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        schema="trade",
    )
    op.create_index(op.f("ix_activity_merchant_id"), "activity", ["merchant_id"], schema="trade")
    op.create_index(op.f("ix_activity_product_id"), "activity", ["product_id"], schema="trade")
    op.create_table(
        "activity_price",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("tier_prices_fen", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint(
            "cardinality(tier_prices_fen) > 0 and 0 < all (tier_prices_fen)", name=op.f("ck_activity_price_prices")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["trade.activity.id"], name=op.f("fk_activity_price_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", "sku_id", name=op.f("pk_activity_price")),
        schema="trade",
    )


def _keep_terms_in_groups() -> None:
    op.drop_constraint(op.f("fk_buy_group_campaign_id"), "buy_group", type_="foreignkey", schema="trade")
    op.alter_column("buy_group", "campaign_id", new_column_name="activity_id", schema="trade")
    op.alter_column("buy_group", "size", new_column_name="seats", schema="trade")
    op.execute("alter index trade.ix_buy_group_campaign rename to ix_buy_group_activity")
    op.add_column("buy_group", sa.Column("terms", postgresql.JSONB(), nullable=True), schema="trade")
    op.add_column("buy_group", sa.Column("eligibility", postgresql.JSONB(), nullable=True), schema="trade")
    op.add_column("buy_group", sa.Column("goal", sa.Text(), nullable=True), schema="trade")
    op.add_column("buy_group", sa.Column("missing", sa.Integer(), nullable=True), schema="trade")
    op.execute(_FILL_GROUPS)
    for column in ("terms", "eligibility", "goal", "missing"):
        op.alter_column("buy_group", column, nullable=False, schema="trade")
    op.create_foreign_key(
        op.f("fk_buy_group_activity_id"),
        "buy_group",
        "activity",
        ["activity_id"],
        ["id"],
        source_schema="trade",
        referent_schema="trade",
    )
    op.create_check_constraint(
        op.f("ck_buy_group_goal"),
        "buy_group",
        "goal in ('form', 'next_tier', 'none') and (goal = 'none') = (missing = 0)",
        schema="trade",
    )


def _rename_in_orders_and_cards() -> None:
    op.alter_column("shop_order", "campaign_id", new_column_name="activity_id", schema="trade")
    op.execute("alter index trade.ix_shop_order_campaign_user rename to ix_shop_order_activity_user")
    op.alter_column("shelf_card", "campaign_id", new_column_name="activity_id", schema="trade")
