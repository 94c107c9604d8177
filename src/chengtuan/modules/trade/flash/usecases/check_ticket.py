"""Whoever takes units of a flash sale shows a ticket first."""

from dataclasses import dataclass

from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleTerms
from chengtuan.modules.trade.flash.rules.tickets import Bearer, Queued, check_turn, check_work, read
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows who wants in: a ticket, and the number that their device found for it."""

    ticket: str
    proof: str


async def check_ticket(turnstile: Turnstile, shown: Shown, wish: HoldWish, sale: SaleTerms) -> None:
    """Without the database, but for a draw that was just closed. Raises TicketInvalid, TicketEarly, WorkMissing."""
    bearers = [Bearer(wish.sale_id, user_id, wish.request_id) for user_id in wish.ids]
    ticket = read(turnstile.key, bearers, shown.ticket)
    turn = ticket.turn
    at = turn.at if isinstance(turn, Queued) else (await turnstile.draw(sale.id, sale.starts_at)).at(turn)
    check_turn(at, turnstile.ctx.clock.now())
    check_work(shown.ticket, ticket, shown.proof)
