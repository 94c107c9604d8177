"""What is measured: each workload drives the running server and names the rows it is about."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

from benchmarks.generator import Pace
from benchmarks.stage import Outcome, Sizes, Stage
from benchmarks.workloads import buying, console, flash, groups, reads

Made: TypeAlias = Literal["alone", "seats", "paid", "holds"]
Bare: TypeAlias = Literal["bare_json", "bare_post", "bare_stream"]


def _nobody(_: Pace) -> int:
    return 0


@dataclass(frozen=True)
class Workload:
    """`people` it uses up, what it `makes`, and its limits: a bare answer, and a script of bare SQL, if it has one.

    `crowd`: times as many connections as the others have. `spread`: over the many groups, whose initiators are people.
    """

    measure: Callable[[Stage], Outcome]
    people: Callable[[Pace], int] = _nobody
    makes: Made | None = None
    bare: Bare = "bare_json"
    script: str | None = None
    crowd: int = 1
    spread: bool = False

    @property
    def bare_name(self) -> str:
        """Its bare answer, at as many connections."""
        return self.bare if self.crowd == 1 else f"{self.bare} ×{self.crowd}"

    def pace(self, pace: Pace) -> Pace:
        return Pace(pace.concurrency * self.crowd, pace.warmup_s, pace.seconds)


WORKLOADS: dict[str, Workload] = {
    "home_read": Workload(reads.home_read, script="home_read"),
    "search_read": Workload(reads.search_read, script="search_read"),
    "product_read": Workload(reads.product_read, script="product_read"),
    "group_read": Workload(reads.group_read, lambda _: reads.GROUP_MEMBERS, script="group_read"),
    "submit_order": Workload(buying.submit_order, buying.buyers, "alone", "bare_post", "submit_order"),
    "submit_order_spread": Workload(buying.submit_order_spread, buying.buyers, "alone", "bare_post", "submit_order"),
    "join_seat": Workload(buying.join_seat, buying.seat_takers, "seats", "bare_post", "join_seat"),
    "join_seat_spread": Workload(
        buying.join_seat_spread, buying.buyers, "seats", "bare_post", "join_seat", spread=True
    ),
    "join_group": Workload(buying.join_group, buying.joiners, "paid", "bare_post", "join_group"),
    "join_group_spread": Workload(
        buying.join_group_spread, buying.joins, "paid", "bare_post", "join_group", spread=True
    ),
    "group_formed": Workload(groups.group_formed, groups.members, "paid", "bare_post", "group_formed"),
    "flash_hold": Workload(flash.flash_hold, flash.holds, "holds", "bare_post", "flash_hold"),
    "flash_hold_256": Workload(flash.flash_hold, flash.holds, "holds", "bare_post", "flash_hold", crowd=4),
    "flash_refuse": Workload(flash.flash_refuse, flash.refused, "holds", "bare_post"),
    "flash_refuse_share": Workload(flash.flash_refuse_share, flash.refused, "holds", "bare_post"),
    "submit_flash": Workload(flash.submit_flash, flash.orders, "holds", "bare_post", "submit_flash"),
    "sse_fanout": Workload(groups.sse_fanout, groups.changers, "seats", "bare_stream", crowd=8),
    "console_orders": Workload(console.console_orders, console.buyers, script="console_orders"),
    "console_search": Workload(console.console_search, console.buyers),
    "export_orders": Workload(console.export_orders, console.buyers, script="export_orders"),
}
SALES = sum(workload.makes == "holds" for workload in WORKLOADS.values())
"""Products for flash sales."""


def people_needed(names: Collection[str], pace: Pace, sizes: Sizes) -> int:
    """How many people the chosen workloads use up."""
    chosen = [WORKLOADS[name] for name in names]
    initiators = sizes.groups if any(workload.spread for workload in chosen) else 0
    return sum(workload.people(workload.pace(pace)) for workload in chosen) + initiators
