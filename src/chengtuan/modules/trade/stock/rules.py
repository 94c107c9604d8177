"""What holds stock, and how that ends."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID


class StockEnd(StrEnum):
    COMMIT = "commit"
    RELEASE = "release"


class Holding(Protocol):
    """An order that holds units of one variant, and as many of its campaign's cap."""

    @property
    def id(self) -> UUID: ...
    @property
    def sku_id(self) -> UUID: ...
    @property
    def quantity(self) -> int: ...
    @property
    def campaign_id(self) -> UUID | None: ...
