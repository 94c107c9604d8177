"""What a process knows of those who wait for flash sales: nothing that it could not find again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.turns import count_drawn
from chengtuan.modules.trade.flash.rules.tickets import Draw
from chengtuan.modules.trade.settings import TradeSettings
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.pace import Pace

_BELIEVED_FOR = timedelta(seconds=1)
_MOST_SALES = 1000


@dataclass(slots=True)
class _Drawn:
    """So many people were drawn for a sale when they were counted."""

    people: int
    counted_at: datetime

    def is_known(self, starts_at: datetime, now: datetime) -> bool:
        """Once the sale has started nobody joins the draw any more; until then others may have."""
        return self.counted_at >= starts_at or (now < starts_at and now - self.counted_at < _BELIEVED_FOR)


class Turnstile:
    """`key` signs its tickets."""

    def __init__(self, ctx: TradeContext, settings: TradeSettings) -> None:
        self.ctx = ctx
        self.settings = settings
        self.key = ctx.keys.key_for("trade.tickets")
        self._drawn: dict[UUID, _Drawn] = {}
        self._counting: Gatherer[UUID, int] = Gatherer(self._count_afresh)

    @property
    def gap(self) -> timedelta:
        return timedelta(seconds=1 / self.settings.flash_holds_per_second)

    def pace(self, sale_id: UUID) -> Pace:
        """In the product's time, like the sale's start. Each sale has its own: one queue holds up no other."""
        rate = self.settings.flash_holds_per_second
        return Pace(self.ctx.database, f"flash:{sale_id}", per_second=rate, clock=self.ctx.clock)

    async def draw(self, sale_id: UUID, starts_at: datetime) -> Draw:
        """Of one sale. All who need it at once wait for one statement, and after the start mostly for none."""
        if self._knows(sale_id, starts_at):
            return self._draw(sale_id, starts_at)
        return Draw(starts_at, await self._counting.find(sale_id) or 0, self.gap)

    async def draws(self, db: ReadSession | WriteSession, starts: Mapping[UUID, datetime]) -> dict[UUID, Draw]:
        """Of some sales, by when they start."""
        if unknown := [sale_id for sale_id, starts_at in starts.items() if not self._knows(sale_id, starts_at)]:
            await self._count(db, unknown)
        return {sale_id: self._draw(sale_id, starts_at) for sale_id, starts_at in starts.items()}

    def joined(self, sale_id: UUID, people: int) -> None:
        """So many more are drawn, by this process."""
        if known := self._drawn.get(sale_id):
            known.people += people

    def _knows(self, sale_id: UUID, starts_at: datetime) -> bool:
        drawn = self._drawn.get(sale_id)
        return drawn is not None and drawn.is_known(starts_at, self.ctx.clock.now())

    def _draw(self, sale_id: UUID, starts_at: datetime) -> Draw:
        drawn = self._drawn.get(sale_id)
        return Draw(starts_at, drawn.people if drawn else 0, self.gap)

    async def _count_afresh(self, sale_ids: Sequence[UUID]) -> dict[UUID, int]:
        async with self.ctx.database.read() as db:
            return await self._count(db, sale_ids)

    async def _count(self, db: ReadSession | WriteSession, sale_ids: Sequence[UUID]) -> dict[UUID, int]:
        now = self.ctx.clock.now()  # from before the statement: whoever joins while it runs is not in it
        people = await count_drawn(db, sale_ids)
        if len(self._drawn) > _MOST_SALES:
            self._drawn.clear()
        self._drawn |= {sale_id: _Drawn(people.get(sale_id, 0), now) for sale_id in sale_ids}
        return people
