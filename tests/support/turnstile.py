"""The waiting turnstile of flash sales in tests: as many processes as are wanted, with a pace of their own."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from chengtuan.kernel.problems import Problem
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rules.tickets import Bearer
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.modules.trade.flash.usecases.give_ticket import Ask, GivenTicket, give_tickets
from chengtuan.modules.trade.settings import TradeSettings
from chengtuan.platform.rate_limit import RateLimiter
from tests.support.world import World

PACE = 100
GAP = timedelta(seconds=1) / PACE


def turnstile_of(world: World, *, per_address: int = 10**6) -> Turnstile:
    """One process's."""
    composition = world.composition
    database = composition.running["trade"].database
    ctx = TradeContext(
        database=database,
        clock=world.clock,
        keys=composition.keys,
        live=composition.live,
        hot=composition.hot,
        closed=composition.closed,
        waiting=composition.waiting,
        rate_limiter=RateLimiter(database),
        accounts=composition.facades[AccountsFacade],  # type: ignore[arg-type]
        payments=composition.facades[PaymentsFacade],  # type: ignore[arg-type]
        catalog=composition.facades[CatalogFacade],  # type: ignore[arg-type]
    )
    return Turnstile(ctx, TradeSettings(flash_holds_per_second=PACE, flash_tickets_per_address=per_address))


def ask(sale_id: str, person: UUID | None = None, *, key: UUID | None = None, address: str = "home") -> Ask:
    return Ask(Bearer(UUID(sale_id), person or uuid4(), key or uuid4()), address)


async def given(turnstile: Turnstile, asks: Sequence[Ask]) -> list[GivenTicket]:
    """Of one batch, none of which may be refused."""
    answers = await give_tickets(turnstile, asks)
    for answer in answers:
        if isinstance(answer, Problem):
            raise answer
    return [answer for answer in answers if isinstance(answer, GivenTicket)]


async def ticket(turnstile: Turnstile, one: Ask) -> GivenTicket:
    return (await given(turnstile, [one]))[0]
