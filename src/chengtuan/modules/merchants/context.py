"""What the use cases of `merchants` work with."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.platform.database import Database
from chengtuan.platform.http.hot import HotPages


@dataclass(frozen=True)
class MerchantsContext:
    database: Database
    hot: HotPages


def merchant_topic(merchant_id: UUID) -> str:
    """Where a shop's changes are announced."""
    return f"merchant:{merchant_id}"
