"""What delivery costs, as shoppers are told before they buy."""

from pydantic import BaseModel

from chengtuan.modules.trade.freight.rules import ShownFreight
from chengtuan.platform.http.fields import FenOut


class FreightTo(BaseModel):
    """What one piece costs to deliver to these provinces (`regions` empty: everywhere else).

    `most_fen` differs from `least_fen` where variants weigh differently, or where not each of them, at each price it
    can be bought at, reaches the threshold alone; `rises`: more pieces cost more. It is free from so much of goods on
    (after all reductions), or from so many pieces on.
    """

    regions: list[str]
    least_fen: FenOut
    most_fen: FenOut
    rises: bool
    free_from_fen: int | None
    free_from_pieces: int | None


class OfferFreight(BaseModel):
    """What delivery costs; nothing is sent to `undelivered`."""

    zones: list[FreightTo]
    undelivered: list[str]


def shown(freight: ShownFreight) -> OfferFreight:
    zones = [
        FreightTo(
            regions=sorted(zone.regions),
            least_fen=zone.least_fen,
            most_fen=zone.most_fen,
            rises=zone.rises,
            free_from_fen=zone.free_from_fen,
            free_from_pieces=zone.free_from_pieces,
        )
        for zone in freight.zones
    ]
    return OfferFreight(zones=zones, undelivered=sorted(freight.undelivered))
