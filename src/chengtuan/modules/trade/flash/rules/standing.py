"""Whether a flash sale has anything for anybody: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.problems import FlashSaleEnded, FlashSaleNotStarted, FlashSoldOut
from chengtuan.modules.trade.flash.rules.tickets import DRAWN_WITHIN

_CROWD_STAYS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SaleStanding:
    """What decides whether a sale lets anybody wait. `free` are units of all its variants."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    free: int

    def refusal(self, now: datetime) -> Problem | None:
        """What whoever comes is told: FlashSaleEnded, FlashSaleNotStarted, FlashSoldOut."""
        if self._over_at <= now:
            return FlashSaleEnded()
        if now < self.starts_at - DRAWN_WITHIN:
            return FlashSaleNotStarted(starts_at=self.starts_at.isoformat())
        return None if self.free else FlashSoldOut(available=0)

    def has_crowd(self, now: datetime) -> bool:
        """Whether many may still come: from when people are let in until some time after the end."""
        return self.starts_at <= now < self._over_at + _CROWD_STAYS

    @property
    def _over_at(self) -> datetime:
        return min(self.stopped_at or self.ends_at, self.ends_at)
