"""Is everything as it should be? Asked of the database and of the provider's books, never of the product's code."""

from typing import Any

from tests.proofs.chaos.market import Market
from tests.support.invariants import violations

OUTCOMES: dict[str, str] = {
    # The rules of settlement once more, in SQL: a second opinion about
    # pricing/rules/price.py and activities/rules/group_terms.py.
    "a member got back what the tier and the perk say": """
        select o.number, o.refund_planned_fen from trade.shop_order o join trade.buy_group g on g.id = o.group_id
        join trade.order_line l on l.order_id = o.id
        where g.status = 'succeeded' and o.status in ('to_ship', 'shipped', 'completed')
        and (select coalesce(sum(r.amount_fen), 0) from trade.refund r
             where r.order_id = o.id and r.reason = 'ladder_difference')
            <> (l.unit_fen - l.tier_prices_fen[g.final_tier + 1]) * l.quantity""",
    "a group formed at the highest tier that was paid for": """
        select g.id, g.paid, g.terms, g.final_tier from trade.buy_group g where g.status = 'succeeded'
        and g.final_tier + 1 <> (select count(*) from jsonb_array_elements_text(g.terms -> 'people') as people
            where people::int <= (select count(*) from trade.seat s where s.group_id = g.id and s.status = 'paid'))""",
    "nobody got a seat with money that came after the deadline": """
        select o.number, p.paid_at, g.deadline from payments.payment p
        join trade.instalment i on i.payment_id = p.id join trade.shop_order o on o.id = i.order_id
        join trade.buy_group g on g.id = o.group_id
        where p.paid_at >= g.deadline and o.status not in ('refunding', 'refunded')""",
    "only who has an order that is good keeps any money with us": """
        select o.number, o.status, o.paid_fen - o.refunded_fen as kept from trade.shop_order o
        where o.status in ('cancelled', 'refunded') and o.paid_fen <> o.refunded_fen""",
    "every payment beside the order's own went back": """
        select p.out_trade_no, s.amount_fen, s.refunded_fen from payments.payment p
        join payments.payment_share s on s.payment_id = p.id join trade.shop_order o on o.id = s.subject_id
        where p.status = 'paid' and not exists (select 1 from trade.instalment i where i.payment_id = p.id)
        and s.refunded_fen <> s.amount_fen""",
}


async def verdict(market: Market, *, settled: bool = True) -> list[str]:
    """Every broken rule. `settled` False: only those that hold at any moment."""
    if not settled:
        return violations(market.database_url, settled=False)
    ledger = market.ledger()
    found = violations(market.database_url, ledger=ledger)
    for name, query in OUTCOMES.items():
        found += [f"{name}: {row}" for row in await market.rows(query)]
    return found + refunded_twice(ledger["refunds"])


def refunded_twice(refunds: list[dict[str, Any]]) -> list[str]:
    """One refund of ours may have had several numbers there, but only one of them may have paid."""
    paid: dict[str, list[str]] = {}
    for refund in refunds:
        if refund["status"] == "SUCCESS":
            paid.setdefault(refund["out_refund_no"].partition("@")[0], []).append(refund["out_refund_no"])
    return [f"refunded twice: {', '.join(numbers)}" for numbers in paid.values() if len(numbers) > 1]
