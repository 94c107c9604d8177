"""Whether a merchant's freight template fits together."""

from collections import Counter
from collections.abc import Collection, Sequence

from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.trade.pricing.freight import Zone
from chengtuan.modules.trade.problems import BadFreight


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
