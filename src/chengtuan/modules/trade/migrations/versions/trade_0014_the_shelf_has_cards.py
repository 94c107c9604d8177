"""The shelf has cards, marked by triggers where they may be behind; sales touch no index of the listing."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from chengtuan.kernel.pinyin import as_text, spellings

revision = "trade_0014"
down_revision = "trade_0013"
branch_labels = None
depends_on = None

_RANKS = {
    "popular": sa.literal_column("sold DESC"),
    "newest": sa.literal_column("listed_at DESC"),
    "price": "price_rank",
    "discount": "discount_rank",
    "forming": "forming_rank",
}

# A mark for each change that a card can show. What happens at every order (units taken, seats held) marks nothing,
# except where the last one goes or the first one comes back.
_MARKS = """
create function trade.mark_product() returns trigger language plpgsql as $$
begin
    insert into trade.shelf_mark (product_id) values (new.product_id);
    return null;
end $$;

create function trade.mark_product_of_sku() returns trigger language plpgsql as $$
begin
    insert into trade.shelf_mark (product_id) select product_id from trade.listing_sku where sku_id = new.sku_id;
    return null;
end $$;

create trigger shelf_listing_new after insert on trade.listing
    for each row execute function trade.mark_product();
create trigger shelf_listing after update on trade.listing
    for each row when (old is distinct from new) execute function trade.mark_product();

create trigger shelf_sku_new after insert on trade.listing_sku
    for each row execute function trade.mark_product();
create trigger shelf_sku after update on trade.listing_sku
    for each row when (old is distinct from new) execute function trade.mark_product();

create trigger shelf_stock_new after insert on trade.stock
    for each row when (new.available > 0) execute function trade.mark_product_of_sku();
create trigger shelf_stock after update on trade.stock
    for each row when ((old.available > 0) is distinct from (new.available > 0))
    execute function trade.mark_product_of_sku();

create trigger shelf_campaign_new after insert on trade.campaign
    for each row execute function trade.mark_product();
create trigger shelf_campaign after update on trade.campaign
    for each row when (
        (old.starts_at, old.ends_at, old.stopped_at, old.newcomers_only)
            is distinct from (new.starts_at, new.ends_at, new.stopped_at, new.newcomers_only)
        or (old.stock_taken < old.stock_cap) is distinct from (new.stock_taken < new.stock_cap))
    execute function trade.mark_product();

create trigger shelf_group after update on trade.buy_group
    for each row when (
        'open' in (old.status, new.status)
        and ((old.status, old.paid, old.deadline) is distinct from (new.status, new.paid, new.deadline)
            or (old.locked < old.size) is distinct from (new.locked < new.size)))
    execute function trade.mark_product();
"""

# Until the marks are worked off, the reader makes these cards right for whoever looks at them.
_FIRST_CARDS = """
insert into trade.shelf_card (product_id, number, on_shelf, merchant_id, category_slug, listed_at, sold,
    sku_id, single, in_stock, price_fen, price_rank, discount_rank, forming_rank, newcomers_only)
select l.product_id, l.number, l.published and s.sku_id is not null, l.merchant_id, l.category_slug, l.listed_at,
    l.sold, s.sku_id, true, true, l.solo_price_fen, l.solo_price_fen, 1000, 1000000, false
from trade.listing l left join lateral (select sku_id from trade.listing_sku s
    where s.product_id = l.product_id and s.active order by s.position limit 1) s on true;
insert into trade.shelf_mark (product_id) select product_id from trade.listing;
"""


def upgrade() -> None:
    op.create_table(
        "shelf_card",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_shelf", sa.Boolean(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("category_slug", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=True),
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("price_rank", sa.BigInteger(), nullable=False),
        sa.Column("discount_rank", sa.Integer(), nullable=False),
        sa.Column("forming_rank", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("newcomers_only", sa.Boolean(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("group_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("not on_shelf or sku_id is not null", name=op.f("ck_shelf_card_shown")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_shelf_card")),
        schema="trade",
    )
    op.create_table(
        "shelf_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_mark")),
        schema="trade",
    )
    op.create_table(
        "shelf_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_check")),
        schema="trade",
    )
    spelt = sa.Column("search_spelt", sa.Text(), server_default=sa.text("''"), nullable=False)
    op.add_column("listing", spelt, schema="trade")
    _spell_names()
    op.execute(_MARKS)
    op.execute(_FIRST_CARDS)
    _create_indexes()
    op.drop_index(op.f("ix_listing_shelf"), table_name="listing", schema="trade", postgresql_where="published")
    op.execute("alter index trade.ix_listing_search set (fastupdate = off)")
    op.execute("select gin_clean_pending_list('trade.ix_listing_search')")


def _spell_names() -> None:
    """Names are found by their sounds: the spellings lie beside the pieces of the names."""
    listings = op.get_bind().execute(sa.text("select product_id, search_text from trade.listing")).all()
    for start in range(0, len(listings), 1000):
        op.get_bind().execute(
            sa.text(
                "update trade.listing set search_grams = search_grams || :spellings, search_spelt = :text"
                " where product_id = :id"
            ),
            [
                {"id": product_id, "spellings": spelt, "text": as_text(spelt)}
                for product_id, text in listings[start : start + 1000]
                for spelt in [spellings([text])]
            ],
        )


def _create_indexes() -> None:
    on_shelf = sa.text("on_shelf")
    indexes: list[tuple[str, list[Any], sa.TextClause]] = [
        ("price_fen", ["price_fen"], on_shelf),
        ("group_deadline", ["group_deadline"], sa.text("group_id is not null")),
        ("newcomers", ["number"], sa.text("newcomers_only")),
        ("changes_at", ["changes_at"], sa.text("changes_at is not null")),
    ]
    for name, rank in _RANKS.items():
        indexes.append((name, [rank, "number"], on_shelf))
        indexes.append((f"category_{name}", ["category_slug", rank, "number"], on_shelf))
        indexes.append((f"merchant_{name}", ["merchant_id", rank, "number"], on_shelf))
    for name, columns, where in indexes:
        op.create_index(f"ix_shelf_card_{name}", "shelf_card", columns, schema="trade", postgresql_where=where)
    op.create_index(op.f("ix_shelf_mark_product_id"), "shelf_mark", ["product_id"], schema="trade")
