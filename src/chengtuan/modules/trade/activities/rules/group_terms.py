"""The terms on which people buy in a group: how many, how long, and what becomes cheaper."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from chengtuan.kernel.money import Fen, permille_of
from chengtuan.modules.trade.activities.rules.tiers import MAX_GROUP_SIZE, CampaignKind, tier_reached
from chengtuan.modules.trade.problems import BadCampaignTimes, BadTiers
from chengtuan.modules.trade.states import ActivityKind

MIN_DURATION_S = 60
MAX_DURATION_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTerms:
    """`people` of each tier, rising; a fixed price is a ladder with one step. A group is open for `duration_s`.

    `hard_end`: it ends with its activity at the latest. `overflow`: more people than the top tier's may join.
    `initiator_off_percent`: that share of the final price of one unit goes back to the initiator (rule 6). It is paid
    back and not deducted beforehand, so that nobody opens groups for nothing, and so that it belongs to whoever is the
    initiator when the group forms.
    """

    kind: ClassVar[ActivityKind] = ActivityKind.GROUP

    people: tuple[int, ...]
    duration_s: int
    hard_end: bool = True
    overflow: bool = False
    initiator_off_percent: int | None = None

    @property
    def pricing(self) -> CampaignKind:
        return CampaignKind.FIXED if len(self.people) == 1 else CampaignKind.LADDER

    @property
    def top(self) -> int:
        """The people that reach the best price."""
        return self.people[-1]

    @property
    def seats(self) -> int:
        """How many may be in a group: the top tier's people, or with overflow as many as groups can hold (rule 6)."""
        return MAX_GROUP_SIZE if self.overflow else self.top

    def tier_reached(self, paid: int) -> int | None:
        """The index of the highest tier that `paid` people reach; None below the first."""
        return tier_reached(self.people, paid)

    def deadline(self, opened_at: datetime, ends_at: datetime) -> datetime:
        """When a group must have formed; `ends_at` is its activity's."""
        until = opened_at + timedelta(seconds=self.duration_s)
        return min(until, ends_at) if self.hard_end else until

    def last_deadline(self, ends_at: datetime) -> datetime:
        """Until then groups may be open."""
        return self.deadline(ends_at, ends_at)

    def initiator_back(self, unit_final: Fen) -> Fen:
        """What goes back to the initiator, from the final price of one unit; 100 percent is all of it."""
        return permille_of(unit_final, (self.initiator_off_percent or 0) * 10)

    def check(self) -> None:
        """Raises BadTiers, BadCampaignTimes (reason); the tiers themselves are judged with their prices."""
        if self.overflow and self.pricing is CampaignKind.FIXED:  # such a group forms when its seats are paid (rule 2)
            raise BadTiers(reason="overflow_needs_ladder")
        if not MIN_DURATION_S <= self.duration_s <= MAX_DURATION_S:
            raise BadCampaignTimes(reason="group_duration_out_of_range")
