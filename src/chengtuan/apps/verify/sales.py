"""What must hold of flash sales: their counts are what holds, orders and the ledger of stock say."""

OF_SALES: dict[str, str] = {
    "what is held of a flash sale is what its holds say": """
        select f.activity_id, f.sku_id, f.held, coalesce(sum(h.quantity), 0) as holds from trade.flash_stock f
        full join (select * from trade.flash_hold where status = 'held') h using (activity_id, sku_id)
        group by f.activity_id, f.sku_id, f.held having f.held is distinct from coalesce(sum(h.quantity), 0)""",
    "what is sold of a flash sale is in orders that stand": """
        select f.activity_id, f.sku_id, f.sold, o.units from trade.flash_stock f full join
            (select o.activity_id, l.sku_id, sum(l.quantity) as units from trade.shop_order o
            join trade.order_line l on l.order_id = o.id
            where o.kind = 'flash' and o.status not in ('cancelled', 'refunding', 'refunded') group by 1, 2) o
            using (activity_id, sku_id) where f.sold is distinct from coalesce(o.units, 0)""",
    "a flash sale sells no more than was set aside for it": """
        select activity_id, sku_id, allotted, held, sold from trade.flash_stock
        where least(allotted, held, sold) < 0 or held + sold > allotted""",
    "what a flash sale has not sold is set aside in the ledger": """
        select f.activity_id, f.sku_id, f.allotted - f.sold as unsold, m.aside from trade.flash_stock f full join
            (select coalesce(a.activity_id, o.activity_id) as activity_id, m.sku_id, sum(m.delta_reserved) as aside
            from trade.stock_movement m left join trade.flash_allotment a on a.id = m.subject_id
            left join trade.shop_order o on o.id = m.subject_id
            where m.reason in ('set_aside', 'put_back') group by 1, 2) m
            using (activity_id, sku_id) where f.allotted - f.sold is distinct from coalesce(m.aside, 0)""",
    "a flash sale that was stopped keeps nothing for anybody": """
        select f.* from trade.flash_stock f join trade.activity a on a.id = f.activity_id
        where a.stopped_at is not null and f.allotted <> f.held + f.sold""",
    "nobody holds more of a flash sale than its limit": """
        select a.id, h.user_id, a.per_user_limit, sum(h.quantity) as units from trade.activity a
        join trade.flash_hold h on h.activity_id = a.id where h.status in ('held', 'ordered')
        group by a.id, h.user_id having sum(h.quantity) > a.per_user_limit""",
    "a hold and its order are of one sale, one variant and one state": """
        select h.id, h.status, o.id as order_id, o.status as order_status from trade.flash_hold h
        full join (select o.*, l.sku_id, l.quantity from trade.shop_order o
            join trade.order_line l on l.order_id = o.id where o.kind = 'flash') o on o.id = h.order_id
        where (o.id is not null and h.id is null) or (h.order_id is not null and (o.id is null
            or (h.activity_id, h.sku_id, h.quantity) is distinct from (o.activity_id, o.sku_id, o.quantity)
            or (h.status = 'released') <> (o.status in ('cancelled', 'refunding', 'refunded'))))""",
}
