"""What goes into a parcel: any pieces of an order that no other parcel has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol
from uuid import UUID

from chengtuan.modules.trade.facade import FewerPiecesLeft, ParcelLine, SentParcel, TooManyParcels
from chengtuan.modules.trade.limits import MAX_PARCELS


@dataclass(frozen=True, slots=True)
class SentLine:
    """Pieces of a line that went in a parcel."""

    parcel_id: UUID
    line: int
    quantity: int
    at: datetime


class Ordered(Protocol):
    """A line of an order."""

    @property
    def line(self) -> int: ...
    @property
    def left(self) -> int: ...


def pieces_to_send(
    ordered: Sequence[Ordered], wanted: Sequence[ParcelLine] | None, *, parcels: int
) -> list[ParcelLine]:
    """What the next parcel holds, `parcels` having gone; all that is left if nobody said what is wanted.

    The last parcel that there may be has to hold everything. Raises FewerPiecesLeft, TooManyParcels.
    """
    left = {each.line: each.left for each in ordered}
    pieces = Counter(left)
    if wanted is not None:
        pieces = Counter()
        for each in wanted:
            pieces[each.line] += each.quantity
    for line, quantity in pieces.items():
        if quantity > left.get(line, 0):
            raise FewerPiecesLeft(line=line, left=left.get(line, 0))
    if parcels + 1 >= MAX_PARCELS and sum(pieces.values()) < sum(left.values()):
        raise TooManyParcels(most=MAX_PARCELS)
    return [ParcelLine(line=line, quantity=quantity) for line, quantity in sorted(pieces.items()) if quantity > 0]


def in_parcels(sent: Sequence[SentLine], pieces: int) -> list[SentParcel]:
    """The parcels of an order of so many pieces; `sent` is in the order in which they went."""
    parcels: list[SentParcel] = []
    for parcel_id, group in groupby(sent, key=lambda each: each.parcel_id):
        lines = list(group)
        pieces -= sum(each.quantity for each in lines)
        parcels.append(
            SentParcel(
                parcel_id=parcel_id,
                nth=len(parcels) + 1,
                lines=[ParcelLine(line=each.line, quantity=each.quantity) for each in lines],
                left=pieces,
                sent_at=lines[0].at,
            )
        )
    return parcels
