"""Cards of the shelf follow what is weighed: a variant that cannot be sold does not stand for its product."""

from alembic import op

revision = "trade_0024"
down_revision = "trade_0023"
branch_labels = None
depends_on = None

_MARKS = """
create function trade.mark_product_of_gone_weight() returns trigger language plpgsql as $$
begin
    insert into trade.shelf_mark (product_id) select product_id from trade.listing_sku where sku_id = old.sku_id;
    return null;
end $$;

create trigger shelf_freight_new after insert on trade.product_freight
    for each row when (new.template_id is not null) execute function trade.mark_product();
create trigger shelf_freight after update on trade.product_freight
    for each row when (old.template_id is distinct from new.template_id) execute function trade.mark_product();
create trigger shelf_weight_new after insert on trade.sku_weight
    for each row execute function trade.mark_product_of_sku();
create trigger shelf_weight_gone after delete on trade.sku_weight
    for each row execute function trade.mark_product_of_gone_weight();
"""

# cards that were made when whatever had stock could stand for its product
_BEHIND = """
insert into trade.shelf_mark (product_id)
select distinct p.product_id from trade.product_freight p
join trade.freight_template t on t.id = p.template_id and t.unit = 'gram'
join trade.listing_sku s on s.product_id = p.product_id and s.active
where not exists (select from trade.sku_weight w where w.sku_id = s.sku_id)
"""


def upgrade() -> None:
    op.execute(_MARKS)
    op.execute(_BEHIND)
