"""Somebody wants units of a flash sale: from when on they may take some, and what their device has to work for that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.problems import FlashSaleEnded, FlashSaleNotFound
from chengtuan.modules.trade.flash.rows.holds import find_earlier
from chengtuan.modules.trade.flash.rows.turns import (
    KeptTurn,
    NewTurn,
    Waiting,
    find_standings_and_turns,
    keep_turns,
)
from chengtuan.modules.trade.flash.rules.standing import SaleStanding
from chengtuan.modules.trade.flash.rules.tickets import (
    Bearer,
    Draw,
    Queued,
    Ticket,
    Turn,
    bits_by_uses,
    bits_by_wait,
    is_over,
    lot_of,
    sign,
)
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.platform.combiner import Combiner
from chengtuan.platform.database import WriteSession
from chengtuan.platform.rate_limit import RateLimit

_REMEMBERED = timedelta(minutes=16)
"""What a network address asked for is forgotten by then."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`address`: a network address made unreadable, whose uses are counted."""

    bearer: Bearer
    address: str

    @property
    def waiting(self) -> Waiting:
        return self.bearer.sale_id, self.bearer.user_id


@dataclass(frozen=True, slots=True)
class GivenTicket:
    """`place`: how many are let in before. Of somebody who is `drawn`, it and the rest move until the sale starts."""

    text: str
    bits: int
    drawn: bool
    place: int
    wait: timedelta
    admitted_at: datetime


Asks: TypeAlias = Combiner[Ask, GivenTicket]


def lane_of_asks(turnstile: Turnstile) -> Asks:
    async def run(batch: Sequence[Ask]) -> list[GivenTicket | Problem]:
        return await give_tickets(turnstile, batch)

    return Combiner(run)


async def give_tickets(turnstile: Turnstile, asks: Sequence[Ask]) -> list[GivenTicket | Problem]:
    """One answer per ask, in one transaction. Whoever asks again, with whatever key, has the turn that they had.

    The problems are FlashSaleNotFound, FlashSaleNotStarted, FlashSaleEnded, FlashSoldOut; but whoever holds something
    under the key asks for that, and gets a ticket: they are to hear what they have, and not that there is nothing.
    """
    async with turnstile.ctx.database.write() as tx:  # its rows are held by nobody but the same of other processes
        standings, turns = await find_standings_and_turns(tx, {ask.waiting for ask in asks})
        draws = await turnstile.draws(tx, {sale.id: sale.starts_at for sale in standings.values()})
        moment = _Moment(turnstile, tx.clock.now(), standings, draws)
        refused = {ask.bearer.request for ask in asks if moment.refusal(ask.bearer.sale_id) is not None}
        held = await find_earlier(tx, refused) if refused else {}
        let_in = [ask for ask in asks if moment.refusal(ask.bearer.sale_id) is None]
        if new := await _new_turns(tx, moment, let_in, turns):
            turns |= await keep_turns(tx, new)
    return [
        moment.answer_again(ask.bearer)
        if ask.bearer.request in held
        else moment.refusal(ask.bearer.sale_id) or moment.answer(ask.bearer, turns[ask.waiting])
        for ask in asks
    ]


async def _new_turns(
    tx: WriteSession, moment: "_Moment", asks: Sequence[Ask], turns: Mapping[Waiting, KeptTurn]
) -> list[NewTurn]:
    """For each person who has none, or one that is over, in the order of their first asks."""
    uses = await moment.count_uses(tx, asks)
    newcomers: dict[UUID, dict[Waiting, Ask]] = {}
    for ask in asks:
        if moment.lacks_turn(turns.get(ask.waiting)):
            newcomers.setdefault(ask.bearer.sale_id, {}).setdefault(ask.waiting, ask)
    new = []
    for sale_id, people in sorted(newcomers.items()):  # rows are locked in one order
        turns_at = await moment.turns_at(tx, sale_id, len(people))
        for (waiting, ask), turn_at in zip(people.items(), turns_at, strict=True):
            turn = moment.new_turn(ask, turn_at, uses[ask.address])
            before = turns.get(waiting)
            new.append(NewTurn(turn, instead_of=before.asked_at if before else None))
    return new


@dataclass(slots=True)
class _Moment:
    """What a batch is judged by."""

    turnstile: Turnstile
    now: datetime
    standings: Mapping[UUID, SaleStanding]
    draws: dict[UUID, Draw]

    def refusal(self, sale_id: UUID) -> Problem | None:
        standing = self.standings.get(sale_id)
        return standing.refusal(self.now) if standing is not None else FlashSaleNotFound()

    async def count_uses(self, tx: WriteSession, asks: Sequence[Ask]) -> dict[str, float]:
        """What each network address asked for lately, this batch included."""
        limit = RateLimit("flash_ticket", self.turnstile.settings.flash_tickets_per_address, timedelta(minutes=1))
        asked = Counter(ask.address for ask in asks)
        return await self.turnstile.ctx.rate_limiter.count(tx, limit, asked, most=_REMEMBERED)

    def lacks_turn(self, kept: KeptTurn | None) -> bool:
        return kept is None or is_over(self.draws[kept.activity_id].at(self._turn(kept)), self.now)

    async def turns_at(self, tx: WriteSession, sale_id: UUID, people: int) -> Sequence[datetime | None]:
        """When so many more have their turns; None: they are drawn."""
        draw = self.draws[sale_id]
        if self.now >= draw.starts_at:
            return [turn.at for turn in await self.turnstile.pace(sale_id).take(tx, people, earliest=draw.over_at)]
        self.draws[sale_id] = replace(draw, people=draw.people + people)
        self.turnstile.joined(sale_id, people)
        return [None] * people

    def new_turn(self, ask: Ask, turn_at: datetime | None, uses: float) -> KeptTurn:
        """What the work is stays as it is now: waiting makes it no easier."""
        turn = KeptTurn(*ask.waiting, asked_at=self.now, turn_at=turn_at, bits=0)
        wait = self.draws[turn.activity_id].at(self._turn(turn)) - self.now
        usual = self.turnstile.settings.flash_tickets_per_address
        return replace(turn, bits=max(bits_by_wait(wait), bits_by_uses(uses, usual)))

    def answer(self, bearer: Bearer, kept: KeptTurn) -> GivenTicket | Problem:
        turn, draw = self._turn(kept), self.draws[bearer.sale_id]
        admitted_at = draw.at(turn)
        if admitted_at >= self.standings[bearer.sale_id].ends_at:
            return FlashSaleEnded()
        return GivenTicket(
            text=sign(self.turnstile.key, bearer, Ticket(turn, kept.bits)),
            bits=kept.bits,
            drawn=kept.turn_at is None,
            place=draw.place(turn, self.now),
            wait=max(admitted_at - self.now, timedelta()),
            admitted_at=admitted_at,
        )

    def answer_again(self, bearer: Bearer) -> GivenTicket:
        """Without a turn, since nothing is taken."""
        text = sign(self.turnstile.key, bearer, Ticket(Queued(self.now), bits=0))
        return GivenTicket(text, bits=0, drawn=False, place=0, wait=timedelta(), admitted_at=self.now)

    def _turn(self, kept: KeptTurn) -> Turn:
        return Queued(kept.turn_at) if kept.turn_at else lot_of(self.turnstile.key, *kept.whose)
