"""Whether a merchant's freight template fits together, and what of it is said before anybody buys."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from chengtuan.kernel.money import Fen
from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.trade.freight.problems import BadFreight, FreightChanged
from chengtuan.modules.trade.pricing.rules.freight import Load, Template, Zone


def check_zones(zones: Sequence[Zone], undelivered: Collection[str]) -> None:
    """Every province has exactly one price, or is not delivered to. Raises BadFreight."""
    named = Counter(undelivered)
    for zone in zones:
        named.update(zone.regions)
    if not named.keys() <= PROVINCE_CODES:
        raise BadFreight(reason="unknown_province")
    if any(count > 1 for count in named.values()):
        raise BadFreight(reason="province_twice")
    if sum(not zone.regions for zone in zones) != 1:
        raise BadFreight(reason="everywhere_else")
    if named.keys() == PROVINCE_CODES and len(zones) == 1:
        raise BadFreight(reason="delivers_nowhere")


def changed(version: int, by: str | None, at: datetime | None) -> FreightChanged:
    """The refusal of an edit, with whose change came first, where that is known."""
    return FreightChanged(version=version, by=by or "", at=at.isoformat() if at else "")


@dataclass(frozen=True, slots=True)
class ShownZone:
    """What one piece costs to deliver to some provinces (`regions` empty: everywhere else), and when nothing.

    `most_fen` differs from `least_fen` where variants weigh differently, or where not each of them reaches the
    threshold alone. `rises`: more pieces cost more.
    """

    regions: frozenset[str]
    least_fen: Fen
    most_fen: Fen
    rises: bool
    free_from_fen: Fen | None = None
    free_from_pieces: int | None = None


@dataclass(frozen=True, slots=True)
class ShownFreight:
    zones: tuple[ShownZone, ...]
    undelivered: frozenset[str] = frozenset()


FREE = ShownFreight((ShownZone(frozenset(), 0, 0, rises=False),))
"""What is sent by no template."""


def shown_freight(template: Template, pieces: Collection[Load]) -> ShownFreight:
    """Of a product that is sold in these single pieces: each variant at each price it can be bought at.

    A zone in which no province is left is not spoken of.
    """
    named = template.undelivered.union(*(zone.regions for zone in template.zones))
    zones = [zone for zone in template.zones if zone.regions or named != PROVINCE_CODES]
    loads = pieces or [Load(pieces=1, grams=0, goods_fen=0)]
    return ShownFreight(tuple(_shown(template, zone, loads) for zone in zones), template.undelivered)


def _shown(template: Template, zone: Zone, loads: Collection[Load]) -> ShownZone:
    costs = [template.cost(zone, load) for load in loads]
    rises = zone.further_fen > 0 and not all(zone.is_free(load) for load in loads)
    if not rises and not max(costs):
        return ShownZone(zone.regions, 0, 0, rises=False)
    return ShownZone(zone.regions, min(costs), max(costs), rises, zone.free_from_fen, zone.free_from_pieces)
