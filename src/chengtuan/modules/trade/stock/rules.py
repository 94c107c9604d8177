"""What holds stock, and how that ends."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class StockEnd(StrEnum):
    COMMIT = "commit"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Holding:
    """A line of an order that holds units of one variant, and as many of its campaign's cap."""

    order_id: UUID
    line: int
    sku_id: UUID
    quantity: int
    campaign_id: UUID | None
