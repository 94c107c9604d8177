"""Whether a merchant's freight template fits together, and what of it is said before anybody buys."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from chengtuan.kernel.money import Fen
from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit, Load, Template, Zone
from chengtuan.modules.trade.problems import BadFreight, FreightChanged


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

    `most_fen` differs from `least_fen` where variants weigh differently. `rises`: more pieces cost more.
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


def shown_freight(template: Template, grams: Collection[int | None]) -> ShownFreight:
    """Of a product whose variants weigh `grams`; those that nobody has weighed cannot be bought.

    A zone in which no province is left is not spoken of.
    """
    weights = {known for known in grams if known is not None} if template.unit is FreightUnit.GRAM else {0}
    named = template.undelivered.union(*(zone.regions for zone in template.zones))
    zones = [zone for zone in template.zones if zone.regions or named != PROVINCE_CODES]
    return ShownFreight(tuple(_shown(template, zone, weights or {0}) for zone in zones), template.undelivered)


def _shown(template: Template, zone: Zone, weights: Collection[int]) -> ShownZone:
    loads = [Load(pieces=1, grams=grams, goods_fen=0) for grams in weights]
    costs = [0 if zone.is_free(load) else zone.cost(template.units(load)) for load in loads]
    rises = not zone.is_free(loads[0]) and zone.further_fen > 0
    if not rises and not max(costs):
        return ShownZone(zone.regions, 0, 0, rises=False)
    return ShownZone(zone.regions, min(costs), max(costs), rises, zone.free_from_fen, zone.free_from_pieces)
