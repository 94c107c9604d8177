"""Which variant's prices stand for a product: decided here, for cards, pages, buttons and sorts alike.

All prices that are shown together are those of one variant. What can be bought now comes first; of that, what a
group can have; of that, the cheapest by what is paid now (a ladder's first tier); of equals, the first in the
merchant's order.
"""

from typing import LiteralString

from chengtuan.modules.trade.goods.rows import AVAILABLE, SOLD_STOCK

_CHOICE: LiteralString = (
    " order by in_stock desc, p.tier_prices_fen is null, coalesce(p.tier_prices_fen[1], s.solo_price_fen), s.position"
    " limit 1) v on true"
)

OPEN_ACTIVITY: LiteralString = (
    "left join lateral (select * from activity a where a.product_id = l.product_id and a.kind = 'group'"
    " and a.stopped_at is null and a.starts_at <= %(now)s and a.ends_at > %(now)s"
    " and (a.cap is null or a.taken < a.cap) order by a.starts_at desc limit 1) a on true"
)
"""Joins to listing `l` as `a` the activity in which a group can be opened now."""

ON_THE_SHELF: LiteralString = (
    "left join lateral (select s.sku_id, s.name, s.solo_price_fen, p.tier_prices_fen, count(*) over () = 1 as single,"
    " " + AVAILABLE + " > 0 as in_stock from listing_sku s left join " + SOLD_STOCK + " using (sku_id)"
    " left join activity_price p on p.sku_id = s.sku_id and p.activity_id = a.id"
    " where s.product_id = l.product_id and s.active" + _CHOICE
)
"""Joins to listing `l` and activity `a` (or none) as `v` the variant that stands for the product."""

IN_A_GROUP: LiteralString = (
    "left join lateral (select s.sku_id, s.name, s.solo_price_fen, p.tier_prices_fen, count(*) over () = 1 as single,"
    " " + AVAILABLE + " > 0 as in_stock from activity_price p join listing_sku s using (sku_id)"
    " left join " + SOLD_STOCK + " using (sku_id) where p.activity_id = g.activity_id" + _CHOICE
)
"""Joins to group `g` as `v` the variant that stands for it: by its own terms, whatever is sold today."""

GROUP_PRICES: LiteralString = "case when v.in_stock then v.tier_prices_fen end"
"""The prices at which a group of the shown variant can be opened now, one a tier; null where none can."""
