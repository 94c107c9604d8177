"""Afterwards: nothing goes wrong any more, time passes, people at the provider repair what waits for them."""

from tests.proofs.chaos.market import Market

PAUSES_S = (6, 61, 301, 901, 61, 901, 2001, *(3661,) * 45)
UNFINISHED = """
    select 'group', id::text, status from trade.buy_group where status in ('draft', 'open')
    union all select 'order', id::text, status from trade.shop_order
        where status in ('pending_payment', 'grouping', 'refunding')
    union all select 'hold', id::text, status from trade.flash_hold where status = 'held'
    union all select 'refund', number, status from trade.refund where status <> 'succeeded'
    union all select 'payment', out_trade_no, status from payments.payment where status = 'pending'
    union all select 'refund at payments', number, status from payments.refund where status <> 'succeeded'
    union all select 'event', name, coalesce(last_error, 'waits') from trade.outbox
    union all select 'event', name, coalesce(last_error, 'waits') from payments.outbox"""


async def recover(market: Market) -> list[str]:
    """What is still unfinished after two days without a fault; empty is fine."""
    market.sandbox.faults.clear()
    market.to_provider.trouble.clear()
    await market.restart_if_dead()
    for pause_s in (0, *PAUSES_S):
        market.advance(pause_s)
        _repair(market)
        await market.deliver()
        await market.work()
        await market.deliver()
        if not market.sandbox._outstanding() and not await _unfinished(market):
            await market.work(everything=True)
            return []
    return [f"unfinished after two days: {what}" for what in await _unfinished(market)]


def _repair(market: Market) -> None:
    """An operator goes through the abnormal refunds on the provider's pages."""
    for refund in market.sandbox.store.all("SELECT * FROM refund WHERE status = 'ABNORMAL' AND settle_at IS NULL"):
        market.sandbox.refunds.repair(refund["out_refund_no"])


async def _unfinished(market: Market) -> list[str]:
    return [" ".join(map(str, row)) for row in await market.rows(UNFINISHED)]
